/**
 * One row in every table that belongs to an organization, made from the catalogue of the database: a table that comes tomorrow has
 * one too. The rows are as their columns allow, and mean nothing.
 */
import { randomUUID } from 'node:crypto';
import type { Database, Db } from '../../server/kernel/database.ts';
import { plainSpec } from './plain-spec.ts';
import { policiesOf, type Table, tablesOf } from '../../server/kernel/wall/install.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly must: boolean;
}

/** Words that stores and pages know; anything else would end in a fault of the test's own. */
const WORDS: Readonly<Record<string, string>> = {
  status: 'open',
  currency: 'EUR',
  role: 'viewer',
  kind: 'order',
  provider: 'digitalocean',
  interval: 'month',
  taxBehavior: 'exclusive',
  severity: 'warning',
  locale: 'en',
  timeZone: 'UTC',
  url: 'https://hooks.example.com/',
};
const MACHINE = { provider: 'digitalocean', accountId: 'x', region: 'here', plan: 'small', image: 'linux' };
/** Rows that must be of one sort to be looked for at all. */
const FIXED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  vps: { status: 'active', spec: plainSpec({ vpsId: 'spec', label: 'x', hostname: 'x.example.test' }, MACHINE), plan: 'small' },
  api_token: { userId: null, serviceAccountId: null, role: 'viewer' },
  invoice: { status: 'open', issuedAt: new Date(), subtotal: 1n, discount: 0n, tax: 0n, total: 1n },
  member: { role: 'owner' },
  order: { status: 'placed' },
  payment: { source: 'staff' },
  payment_attempt: { status: 'pending', kind: 'interactive' },
  refund: { status: 'pending', source: 'staff' },
  subscription: { status: 'active' },
  ticket: { status: 'waiting' },
  ticket_message: { side: 'customer' },
  webhook_message: { status: 'delivered' },
};

/** The key of each table's row: its `id`, or null where it has another. `mark` stands in every text that has no other use. */
export async function ownRows(db: Database, organizationId: string, userId: string, mark: string): Promise<ReadonlyMap<string, string>> {
  return await db.$transaction(async (tx) => {
    const tables = await tablesOf(tx);
    const owned = policiesOf(tables);
    await withoutChecks(tx);
    const made = new Map<string, string>([
      ['organization', organizationId],
      ['user', userId],
    ]);
    const rows = new Map<string, string>();
    const byName = new Map(tables.map((table) => [table.name, table]));
    const make = async (name: string): Promise<string> => {
      const known = made.get(name);
      if (known !== undefined) return known;
      const table = byName.get(name)!;
      // First, so that a table that points to itself ends.
      const id = name === 'vps' ? mark.replaceAll(/\W/g, '').padEnd(16, '0').slice(0, 16) : randomUUID();
      made.set(name, id);
      rows.set(name, await insert(tx, table, id, mark, organizationId, make));
      return rows.get(name)!;
    };
    for (const name of owned.keys()) if (!made.has(name)) await make(name);
    return rows;
  });
}

/** What a row may hold is not asked here: a table with a rule of its own has a row all the same. */
async function withoutChecks(tx: Db): Promise<void> {
  await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
  const checks = await tx.$queryRaw<{ statement: string }[]>`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace`;
  for (const { statement } of checks) await tx.$executeRawUnsafe(statement);
}

async function insert(
  tx: Db,
  table: Table,
  id: string,
  mark: string,
  organizationId: string,
  make: (name: string) => Promise<string>,
): Promise<string> {
  const values = new Map<string, unknown>();
  for (const column of await columnsOf(tx, table.name)) {
    const parent = table.parents.find((each) => each.column === column.name && each.table !== table.name);
    const fixed = FIXED[table.name]?.[column.name];
    if (fixed !== undefined) values.set(column.name, fixed);
    else if (column.name === 'id' && /text|uuid/.test(column.type)) values.set('id', id);
    else if (column.name === 'organizationId') values.set(column.name, organizationId);
    else if (parent) values.set(column.name, await make(parent.table));
    else if (column.must) values.set(column.name, valueOf(column, `${table.name} ${mark}`));
  }
  const names = [...values.keys()];
  const places = names.map((name, index) => `$${index + 1}`);
  const statement = `INSERT INTO "${table.name}" (${names.map((name) => `"${name}"`).join()}) VALUES (${places.join()})`;
  try {
    await tx.$executeRawUnsafe(statement, ...values.values());
  } catch (error) {
    throw new Error(`${table.name}: ${(error as Error).message} (${statement} ${JSON.stringify([...values.values()].map(String))})`, {
      cause: error,
    });
  }
  return id;
}

async function columnsOf(tx: Db, table: string): Promise<Column[]> {
  return await tx.$queryRaw<Column[]>`
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS must
    FROM pg_attribute a WHERE a.attrelid = (quote_ident(${table}))::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;
}

function valueOf({ name, type }: Column, text: string): unknown {
  const word = WORDS[name];
  if (word !== undefined) return word;
  if (type === 'text' || type.startsWith('character')) return text;
  if (type === 'uuid') return randomUUID();
  if (type === 'boolean') return false;
  if (type === 'date') return new Date();
  if (type.startsWith('timestamp')) return new Date(Date.now() + (/expires|until|due/i.test(name) ? 86_400_000 : 0));
  if (type === 'bigint') return 1n;
  if (/int|numeric|double|real/.test(type)) return 1;
  if (type.startsWith('json')) return {};
  if (type.endsWith('[]')) return [];
  if (type === 'bytea') return Buffer.from(text);
  throw new Error(`a column of the type ${type} has no value here: ${name}`);
}
