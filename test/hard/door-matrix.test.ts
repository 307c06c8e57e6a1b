/**
 * Every door × every principal × its own, a foreign and a missing VPS. A foreign one answers as a missing one does, word for
 * word, and nothing of it changes; rights are those of the door.
 */
import { randomUUID } from 'node:crypto';
import { CONFIRMED, GRANTS, MEMBER_ROLES, type Permission, STAFF_ROLES, TOKEN_ROLES, type TokenRole } from '../../contract/permissions.ts';
import { granted, type Role } from '../../server/identity/policy/grants.ts';
import { withinScopes } from '../../server/identity/policy/scopes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { providers } from '../../providers/list.ts';
import { withDatabase } from '../support/database.ts';
import {
  anonymous,
  type Answer,
  apiDoors,
  type Door,
  knock,
  lineDoor,
  stateDoors,
  type Target,
  tunnelDoors,
} from '../support/door-matrix.ts';
import { type Plinth, someServer, startPlinth } from '../support/plinth.ts';
import { until } from '../support/until.ts';
import { updateVps } from '../../server/vps/store.ts';

interface Principal {
  readonly name: string;
  readonly secret: string | null;
  readonly permissions: ReadonlySet<Permission>;
  /** null: of the platform. */
  readonly organization: string | null;
}

const ORGANIZATIONS = ['mine', 'theirs'] as const;
const database = withDatabase();
let plinth: Plinth;
let doors: Door[];
let people: Principal[];
let strangers: Principal[];
const targets: Record<string, Target> = {};
const missing = (organization: string): Target => ({
  vps: 'missing0missing0',
  operation: randomUUID(),
  bulk: randomUUID(),
  update: randomUUID(),
  organization,
});
const NOTHING: ReadonlySet<Permission> = new Set();
let checks = 0;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  const server = await someServer(plinth);
  const ids: Record<string, string> = {};
  for (const name of ORGANIZATIONS) {
    ids[name] = (await plinth.json('organization', 'create', name)).organization.id;
    targets[name] = await makeTarget(name, server);
  }
  const withRoles = (['mine', null] as const).flatMap((organization) =>
    TOKEN_ROLES.map((role) => person(role, organization, organization && ids[organization]!)),
  );
  people = await Promise.all([
    ...withRoles,
    person('admin', 'theirs', ids['theirs']!),
    ...MEMBER_ROLES.map((role) => somebody({ of: 'member', role }, ids['mine']!)),
    ...STAFF_ROLES.map((role) => somebody({ of: 'staff', role }, null)),
    somebody({ of: 'member', role: 'owner' }, ids['mine']!, ['vps:*', 'operation:read']),
    machine({ of: 'member', role: 'operator' }, ids['mine']!),
    machine({ of: 'staff', role: 'support' }, null),
  ]);
  strangers = await Promise.all([
    { name: 'nobody', secret: null, permissions: NOTHING, organization: null },
    person('admin', 'mine', ids['mine']!, { name: 'expired', expiresAt: new Date(Date.now() - 1_000) }),
    person('admin', 'mine', ids['mine']!, { name: 'revoked', revokedAt: new Date() }),
  ]);
  const document = (await (await fetch(`${plinth.origin}/api/openapi.json`)).json()) as Record<string, any>;
  const [account, type, region, image] = [1, 3, 5, 7].map((at) => server[at]);
  const { providers: accounts } = await plinth.json('account', 'list');
  const hints = {
    type: [type],
    region: [region],
    image: [image],
    provider_id: [accounts.find((each: any) => each.name === account).id],
    organization_id: [ids['mine'], ids['theirs']],
    ssh_keys: [[]],
  };
  doors = [...apiDoors(document, hints), ...stateDoors(), ...tunnelDoors(packages()), lineDoor()];
}, 180_000);
afterAll(() => plinth?.stop());

const packages = (): string[] => providers.filter(({ compute, dns }) => compute ?? dns).map(({ descriptor }) => descriptor.pulumiPackage);

/** A VPS that runs as far as its row says, with an operation, a bulk run, a stack with a state, and an update of it. */
async function makeTarget(organization: string, server: string[]): Promise<Target> {
  const { db, stacks } = plinth.runtime.services;
  const { instance, operation } = await plinth.json('vps', 'create', `of-${organization}`, ...server, '--organization', organization);
  const state = { status: 'active', instanceId: `server-of-${organization}`, notes: `secret of ${organization}`, powerState: 'running' };
  await db.vps.update({ where: { id: instance.id }, data: state });
  await db.operation.update({ where: { id: operation.id }, data: { status: 'succeeded', finishedAt: new Date() } });
  await stacks.prepare(`vps-${instance.id}`, [`password of ${organization}`]);
  const bulk = await call('POST', '/api/bulk', `Bearer ${plinth.adminToken}`, {
    action: { action: 'refresh' },
    selection: { ids: [instance.id] },
    note: 'x',
  });
  const path = `/api/stacks/${organization}/plinth/vps-${instance.id}/preview`;
  const update = await call('POST', path, `token ${plinth.adminToken}`, { options: {}, config: {}, metadata: {} });
  return { vps: instance.id, operation: operation.id, bulk: bulk.run.id, update: update.updateID, organization };
}

async function call(method: string, path: string, authorization: string, body: unknown): Promise<any> {
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} → ${response.status} ${text}`);
  return JSON.parse(text);
}

async function person(
  role: TokenRole,
  organization: string | null,
  organizationId: string | null,
  more: { name?: string; expiresAt?: Date; revokedAt?: Date } = {},
): Promise<Principal> {
  const { db } = plinth.runtime.services;
  const name = more.name ?? `${role} of ${organization ?? 'Plinth'}`;
  const { row, secret } = await createToken(db, { name, role, organizationId, expiresAt: more.expiresAt ?? null });
  if (more.revokedAt) await db.apiToken.update({ where: { id: row.id }, data: { revokedAt: more.revokedAt } });
  return { name, secret, permissions: GRANTS[organization === null ? 'platformToken' : 'organizationToken'][role], organization };
}

/** What somebody with that role may, by a token of theirs with these scopes. */
async function somebody(role: Role, organizationId: string | null, scopes: string[] = ['*', ...CONFIRMED]): Promise<Principal> {
  const { db } = plinth.runtime.services;
  const id = randomUUID();
  const name = `${role.of} ${role.role} ${scopes.length}`;
  const staffRole = organizationId === null ? role.role : null;
  await db.user.create({ data: { id, email: `${id}@example.com`, name, handle: id, staffRole } });
  if (organizationId !== null) await db.member.create({ data: { organizationId, userId: id, role: role.role } });
  const { secret } = await createToken(db, { name, role: null, userId: id, organizationId, expiresAt: null, scopes });
  const permissions = withinScopes(granted(role, organizationId), scopes, true);
  return { name, secret, permissions, organization: organizationId === null ? null : 'mine' };
}

/** A service account with that role. */
async function machine(role: Role, organizationId: string | null): Promise<Principal> {
  const { db } = plinth.runtime.services;
  const [id, name] = [randomUUID(), `service account ${role.role}`];
  await db.serviceAccount.create({ data: { id, name, role: role.role, organizationId, createdBy: 'test' } });
  const { secret } = await createToken(db, { name, role: null, serviceAccountId: id, organizationId, expiresAt: null, scopes: ['*'] });
  const permissions = withinScopes(granted(role, organizationId), ['*'], true);
  return { name, secret, permissions, organization: organizationId === null ? null : 'mine' };
}

const enough = (who: Principal, door: Door): boolean => door.permissions.some((permission) => who.permissions.has(permission));
/** Some doors ask by what is in the body, too. */
const surely = (who: Principal, door: Door): boolean =>
  !door.name.startsWith('POST /api/bulk') && door.permissions.every((permission) => who.permissions.has(permission));
const problemOf = ({ text }: Answer): { code?: unknown } => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/** All rows of all tables that name the target's VPS, but the audit trail, which may tell who knocked. */
async function rowsOf({ vps, operation, bulk, update }: Target): Promise<string> {
  const ids = [vps, operation, bulk, update].map((id) => `%${id}%`);
  const { db } = plinth.runtime.services;
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT IN ('audit_event', 'idempotency_key', 'event')`;
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `SELECT t::text AS row FROM "${name}" t WHERE t::text LIKE ANY ($1) ORDER BY 1`,
      ids,
    );
    rows.push(...found.map(({ row }) => `${name}: ${row}`));
  }
  return rows.join('\n');
}

test('who is nobody, expired or revoked gets in nowhere', { timeout: 300_000 }, async () => {
  for (const door of doors)
    for (const who of strangers)
      for (const target of [targets['mine']!, missing('mine')]) {
        const answer = await knock(plinth.origin, door, door.ask(target)[0]!, who.secret);
        const shown = `${door.name} by ${who.name}: ${answer.text}`;
        // Where people sign in and up: it answers everybody, without a fault and without a word of a VPS.
        if (door.isPublic) expect(answer.status === 500 || answer.text.includes(target.vps), shown).toBe(false);
        else expect(answer.status, shown).toBe(401);
        checks += 1;
      }
});

test('a foreign VPS answers as a missing one, and nothing of it changes', { timeout: 900_000 }, async () => {
  const before = await Promise.all(ORGANIZATIONS.map((name) => rowsOf(targets[name]!)));
  for (const rows of before) expect(rows.split('\n').length).toBeGreaterThan(4);
  // Doors at which some request got as far as looking for the VPS; an ill-formed one proves nothing.
  const reached = new Set<string>();
  for (const who of people.filter(({ organization }) => organization !== null)) {
    const foreign = targets[who.organization === 'mine' ? 'theirs' : 'mine']!;
    // Under its owner's name, and under the caller's own: both name a stack.
    const names = [foreign.organization, who.organization!];
    for (const door of doors.filter(({ ofTarget }) => ofTarget))
      for (const organization of door.kind === 'state' ? names : names.slice(0, 1)) {
        const [there, nowhere] = [{ ...foreign, organization }, missing(organization)];
        const asked = door.ask(there);
        for (const [i, other] of door.ask(nowhere).entries()) {
          const answers = [await knock(plinth.origin, door, asked[i]!, who.secret), await knock(plinth.origin, door, other, who.secret)];
          const told = answers.map(({ status, text }, at) => `${status} ${anonymous(text, at === 0 ? there : nowhere)}`);
          expect(told[0], `${door.name} by ${who.name}: ${JSON.stringify(asked[i])}`).toBe(told[1]);
          expect(answers[0]!.status, `${door.name} by ${who.name}: ${answers[0]!.text}`).toBeLessThan(500);
          if (enough(who, door) && ![400, 422].includes(answers[0]!.status)) reached.add(door.name);
          checks += 1;
        }
      }
  }
  // Nobody of an organization gets into the seller's.
  const open = doors.filter((door) => people.some((who) => who.organization !== null && enough(who, door)));
  expect(open.length).toBeGreaterThan(50);
  const unreached = open.filter(({ ofTarget, name }) => ofTarget && !reached.has(name));
  expect(unreached.map(({ name }) => name)).toEqual([]);
  expect(await Promise.all(ORGANIZATIONS.map((name) => rowsOf(targets[name]!)))).toEqual(before);
});

test('a door opens to who has its permission, and to nobody else', { timeout: 900_000 }, async () => {
  for (const who of people) {
    const own = targets[who.organization ?? 'mine']!;
    for (const door of doors.filter(({ isPublic }) => !isPublic)) {
      const opens = enough(who, door);
      // What would change one's own VPS, or the platform, is asked of a missing one: who may not learns that before.
      const target = door.reads || !opens ? own : missing(own.organization);
      if (opens && !door.reads && !door.ofTarget) continue;
      const answer = await knock(plinth.origin, door, door.ask(target)[0]!, who.secret);
      const shown = `${door.name} by ${who.name}: ${answer.status} ${answer.text.slice(0, 300)}`;
      if (!opens && door.kind !== 'state') expect([answer.status, problemOf(answer).code], shown).toEqual([403, 'forbidden']);
      else if (!opens) expect(answer.status, shown).toBe(403);
      else if (door.kind === 'tunnel' || door.kind === 'line') expect([101, 404, 403], shown).toContain(answer.status);
      else expect([401, 500].includes(answer.status), shown).toBe(false);
      if (opens && surely(who, door) && door.kind === 'api') expect(problemOf(answer).code, shown).not.toBe('forbidden');
      checks += 1;
    }
  }
});

test('a stream of changes tells of one’s own VPSes only', { timeout: 60_000 }, async () => {
  const heard = await Promise.all(
    people
      .filter(({ permissions }) => permissions.has('event:read'))
      .map(async (who) => {
        const headers = { authorization: `Bearer ${who.secret}`, accept: 'text/event-stream' };
        const abort = new AbortController();
        const response = await fetch(`${plinth.origin}/api/events`, { headers, signal: abort.signal });
        expect(response.status).toBe(200);
        const told = { who, text: '', stop: () => abort.abort() };
        void (async () => {
          for await (const chunk of response.body!) told.text += Buffer.from(chunk).toString('utf8');
        })().catch(() => undefined);
        return told;
      }),
  );
  const { db } = plinth.runtime.services;
  for (const name of ORGANIZATIONS) await updateVps(db, targets[name]!.vps, { powerState: 'stopped' });
  const sees = ({ organization }: Principal, name: string): boolean => organization === null || organization === name;
  const all = () => heard.every((each) => ORGANIZATIONS.every((name) => !sees(each.who, name) || each.text.includes(targets[name]!.vps)));
  // Both changes were made before the first of them was told, so by then whatever else was to come has come.
  await until(all, { timeoutMs: 20_000, what: 'everyone to hear of their own' });
  for (const { who, text, stop } of heard) {
    for (const name of ORGANIZATIONS) {
      expect(text.includes(targets[name]!.vps), `${who.name} hears of ${name}`).toBe(sees(who, name));
      checks += 1;
    }
    stop();
  }
  console.log(`${checks} checks: ${doors.length} doors, ${people.length + strangers.length} principals, own, foreign and missing VPSes`);
});
