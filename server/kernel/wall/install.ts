/**
 * The second wall between organizations, in the database: a role that owns nothing, may only read, and sees of every table that
 * belongs to organizations only the rows of one. Made from the catalogue of the database at a start that finds it otherwise, so that
 * a table that comes tomorrow stands behind it too.
 */
import { createHash } from 'node:crypto';
import type { Database, Db } from '../database.ts';

export const READER_ROLE = 'plinth_reader';
/** One process at a time. */
const WALL_LOCK = 7_152_021;

/** Rows of no organization are everybody's to read there. */
const SHARED: ReadonlySet<string> = new Set(['setup_profile']);
/** What no request reads in an organization's name: sign-in, sessions, limits, mails, the payment providers' own words, states. */
const CLOSED =
  /^(auth_entry|browser_session|identity|two_factor|passkey|used_totp|sign_in_place|device_login|idempotency_key|rate_limit|mail_|mailbox|payment_event|state_|_prisma)/;

export interface Table {
  readonly name: string;
  /** Has `organizationId`. */
  readonly owned: boolean;
  /** Tables that a column of it points to, by a foreign key or by its name (`vpsId`). */
  readonly parents: readonly { readonly column: string; readonly table: string; readonly key: string }[];
}

const OWN = `current_setting('plinth.organization', true)`;
/** Where the installed form is kept: as the comment on one of its policies. */
const MARKED = { table: 'organization', policy: 'organization_rows' };

/** False where the database's user may make no role: then there is the first wall only. @throws what PostgreSQL says otherwise */
export async function installWall(db: Database): Promise<boolean> {
  return await db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(${WALL_LOCK})) AS l`;
      if (!(await ensureRole(tx))) return false;
      const statements = statementsFor(await tablesOf(tx));
      const form = createHash('sha256').update(statements.join(';')).digest('hex');
      if ((await installedForm(tx)) === form) return true;
      for (const statement of statements) await tx.$executeRawUnsafe(statement);
      await tx.$executeRawUnsafe(`COMMENT ON POLICY "${MARKED.policy}" ON "${MARKED.table}" IS '${form}'`);
      return true;
    },
    { maxWait: 60_000, timeout: 60_000 },
  );
}

/**
 * Other roles of the database see what they saw: the open policy is everybody's, and the narrow one restricts the reading role alone.
 */
function statementsFor(tables: readonly Table[]): string[] {
  const policies = policiesOf(tables);
  return [
    `GRANT USAGE ON SCHEMA public TO ${READER_ROLE}`,
    ...tables.flatMap(({ name }) => {
      const closed = [`REVOKE ALL ON "${name}" FROM ${READER_ROLE}`];
      if (CLOSED.test(name)) return closed;
      const policy = policies.get(name);
      const wall = [
        `ALTER TABLE "${name}" ENABLE ROW LEVEL SECURITY`,
        `DROP POLICY IF EXISTS "every_row" ON "${name}"`,
        `DROP POLICY IF EXISTS "organization_rows" ON "${name}"`,
        `CREATE POLICY "every_row" ON "${name}" USING (true) WITH CHECK (true)`,
        `CREATE POLICY "organization_rows" ON "${name}" AS RESTRICTIVE FOR SELECT TO ${READER_ROLE} USING (${policy})`,
      ];
      return [...closed, ...(policy === undefined ? [] : wall), `GRANT SELECT ON "${name}" TO ${READER_ROLE}`];
    }),
  ];
}

/** By table: which rows are the organization's. What belongs to none has no policy. */
export function policiesOf(tables: readonly Table[]): ReadonlyMap<string, string> {
  const policies = new Map<string, string>([
    ['organization', `"organization"."id" = ${OWN}`],
    ['user', `EXISTS (SELECT 1 FROM "member" p WHERE p."userId" = "user"."id")`],
  ]);
  const open = tables.filter(({ name }) => !policies.has(name));
  for (const { name } of open.filter(({ owned }) => owned))
    policies.set(name, `"${name}"."organizationId" = ${OWN}${SHARED.has(name) ? ` OR "${name}"."organizationId" IS NULL` : ''}`);
  // What hangs on such a row is seen with it, at any depth.
  for (let grown = true; grown;) {
    grown = false;
    for (const { name, parents } of open.filter((table) => !policies.has(table.name))) {
      const parent = parents.find(({ table }) => policies.has(table) && table !== name && table !== 'user');
      if (!parent) continue;
      policies.set(name, `EXISTS (SELECT 1 FROM "${parent.table}" p WHERE p."${parent.key}" = "${name}"."${parent.column}")`);
      grown = true;
    }
  }
  return policies;
}

/** Every table of Plinth, with what it hangs on. */
export async function tablesOf(tx: Db): Promise<Table[]> {
  const rows = await tx.$queryRaw<(Table & { columns: string[] })[]>`
    SELECT c.relname AS name,
      (SELECT COALESCE(array_agg(a.attname::text ORDER BY a.attnotnull DESC, a.attname), '{}') FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
      COALESCE((SELECT json_agg(json_build_object('column', a.attname, 'table', p.relname, 'key', k.attname) ORDER BY a.attnotnull DESC, a.attname)
        FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
        JOIN pg_attribute k ON k.attrelid = f.confrelid AND k.attnum = f.confkey[1]
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND array_length(f.conkey, 1) = 1), '[]'::json) AS parents
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname`;
  const names = new Set(rows.map(({ name }) => name));
  return rows.map(({ name, columns, parents }) => {
    const named = columns.flatMap((column) => {
      const table = column.endsWith('Id') ? column.slice(0, -2).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : '';
      return names.has(table) ? [{ column, table, key: 'id' }] : [];
    });
    return { name, owned: columns.includes('organizationId'), parents: [...parents, ...named] };
  });
}

async function installedForm(tx: Db): Promise<string | null> {
  const rows = await tx.$queryRaw<{ form: string | null }[]>`
    SELECT obj_description(p.oid, 'pg_policy') AS form FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ${MARKED.table} AND p.polname = ${MARKED.policy}`;
  return rows[0]?.form ?? null;
}

async function ensureRole(tx: Db): Promise<boolean> {
  const [now] = await tx.$queryRaw<{ there: boolean; able: boolean; member: boolean }[]>`
    SELECT r.oid IS NOT NULL AS there, u.rolsuper OR u.rolcreaterole AS able,
      r.oid IS NOT NULL AND (u.rolsuper OR pg_has_role(u.oid, r.oid, 'MEMBER')) AS member
    FROM pg_roles u LEFT JOIN pg_roles r ON r.rolname = ${READER_ROLE} WHERE u.rolname = current_user`;
  if (now!.there && now!.member) return true;
  if (!now!.able) return false;
  // Roles are of the whole server: another database of it may make it at this moment.
  await tx.$executeRawUnsafe(`DO $$ BEGIN CREATE ROLE ${READER_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
  await tx.$executeRawUnsafe(`GRANT ${READER_ROLE} TO CURRENT_USER`);
  return true;
}
