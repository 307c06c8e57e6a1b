/** Every door to a stack asks the same guards, before the first step: a table of doors and situations, against the real service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropSetting, writeSetting } from '../server/kernel/kill-switches/store.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { type Answer, type Config, send, stateClient, type StateClient } from './support/state-client.ts';

const database = withDatabase();
let plinth: Plinth;
let id: string;
let stack: StateClient;
/** Its file as pulled now. */
let config: Config;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  const { organization } = await plinth.json('organization', 'create', 'shop');
  for (const role of ['viewer', 'operator', 'admin'])
    tokens[role] = (await plinth.json('token', 'create', `shop ${role}`, '--role', role, '--organization', organization.id)).secret;
  tokens['seller'] = plinth.adminToken;
  const { instance } = await plinth.json('vps', 'create', 'doors', ...(await someServer(plinth)), '--organization', 'shop', '--wait');
  id = instance.id;
  stack = stateClient(plinth, 'shop', `vps-${id}`);
  config = (await rest('seller', 'GET', `/stack`)).body.config;
  // As after `pulumi state unprotect --all`, so that a destroy meets the other guards too.
  const state = await stack.export(plinth.adminToken);
  for (const resource of state.deployment.resources) delete resource.protect;
  expect((await stack.call(plinth.adminToken, 'POST', '/import', state)).status).toBe(200);
}, 600_000);
afterAll(() => plinth?.stop());

const rest = (who: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  send(plinth.origin, method, `/api/vps/${id}${path}`, `Bearer ${tokens[who]}`, body);

async function set(columns: string): Promise<void> {
  await plinth.runtime.services.db.$executeRawUnsafe(`UPDATE "vps" SET ${columns} WHERE "id" = '${id}'`);
}

/** An update that gets its lease is given back at once. */
async function tryUpdate(who: string, kind: string, given: Config = {}): Promise<Answer> {
  const begun = await stack.begin(tokens[who]!, kind, given);
  if (begun.started.status === 200) expect((await stack.end(begun, 'failed')).status).toBe(204);
  return begun.started;
}

const DOORS: Record<string, (who: string) => Promise<Answer>> = {
  'an update': (who) => tryUpdate(who, 'update', config),
  'a refresh': (who) => tryUpdate(who, 'refresh', config),
  'a destroy': (who) => tryUpdate(who, 'destroy', config),
  'a state put in place': async (who) => stack.call(tokens[who]!, 'POST', '/import', await stack.export(plinth.adminToken)),
  'a stack removed by force': (who) => stack.call(tokens[who]!, 'DELETE', '?force=true'),
  'a stack made again': (who) => send(plinth.origin, 'POST', '/api/stacks/shop/plinth', `token ${tokens[who]}`, { stackName: `vps-${id}` }),
  // What the routes refuse by, without an order that others would wait for.
  'the API’s change': async (who) => {
    const { allowed, reason } = (await rest(who, 'GET', '')).body.instance.capabilities.configure;
    return { status: allowed ? 200 : 409, body: { message: reason } };
  },
};
type DoorName = keyof typeof DOORS;

interface Situation {
  readonly name: string;
  readonly enter: () => Promise<unknown>;
  readonly leave: () => Promise<unknown>;
  /** Doors that stay open, for an admin of the owner; all others refuse with these words. */
  readonly open: readonly DoorName[];
  readonly words: RegExp;
  /** Open besides for the seller. */
  readonly seller?: readonly DoorName[];
}

const BY_HAND = ['an update', 'a refresh', 'a destroy', 'a state put in place'] as const;
const GONE = /terminated/;
const inStatus = (status: string, open: readonly DoorName[], words: RegExp, more = ''): Situation => ({
  name: status,
  enter: () => set(`"status" = '${status}'${more}`),
  leave: () => set(`"status" = 'active', "suspendReason" = NULL, "finalSnapshot" = false`),
  open,
  words,
});
const ALWAYS = /its stack is its record|already exists/;

const SITUATIONS: readonly Situation[] = [
  { name: 'nothing special', enter: async () => {}, leave: async () => {}, open: [...BY_HAND, 'the API’s change'], words: ALWAYS },
  inStatus('terminated', [], GONE),
  inStatus('destroying', ['a destroy'], /being destroyed|its record|already exists/),
  inStatus('leaked', ['a destroy'], /still has something|its record|already exists/),
  inStatus('terminating', ['a refresh', 'a destroy', 'a state put in place'], /when its grace ends|its record|already exists/),
  {
    ...inStatus(
      'terminating',
      ['a refresh', 'a state put in place'],
      /snapshot|grace ends|its record|already exists/,
      ', "finalSnapshot" = true',
    ),
    name: 'terminating with a final snapshot',
  },
  {
    ...inStatus(
      'suspended',
      ['a refresh', 'a state put in place'],
      /suspended: unpaid|its record|already exists/,
      `, "suspendReason" = 'unpaid'`,
    ),
    seller: ['a destroy'],
  },
  {
    name: 'maintenance',
    enter: () => set(`"maintenanceReason" = 'moving hosts'`),
    leave: () => set(`"maintenanceReason" = NULL`),
    open: ['a refresh'],
    words: /in maintenance: moving hosts|its record|already exists/,
    seller: [...BY_HAND, 'the API’s change'],
  },
  {
    name: 'delete protection',
    enter: () => set(`"deleteProtection" = true`),
    leave: () => set(`"deleteProtection" = false`),
    open: ['an update', 'a refresh', 'a state put in place', 'the API’s change'],
    words: /Delete protection|its record|already exists/,
  },
  {
    name: 'an import that has not succeeded',
    enter: () => set(`"importing" = '{"id": "1"}'`),
    leave: () => set(`"importing" = NULL`),
    open: [],
    words: /import has not succeeded|its record|already exists/,
  },
  {
    name: 'the hold after a restore',
    enter: () => writeSetting(plinth.runtime.services.db, 'automation.hold', { reason: 'looks restored', by: 'test', at: '' }),
    leave: () => dropSetting(plinth.runtime.services.db, 'automation.hold'),
    open: ['an update', 'a refresh', 'a state put in place', 'the API’s change'],
    words: /Destructive work is held: looks restored|its record|already exists/,
  },
  {
    name: 'the kill switch, which stops no person',
    enter: () => writeSetting(plinth.runtime.services.db, 'automation.stopped', { reason: 'look', by: 'test', at: '' }),
    leave: () => dropSetting(plinth.runtime.services.db, 'automation.stopped'),
    open: [...BY_HAND, 'the API’s change'],
    words: ALWAYS,
  },
  {
    name: 'Plinth at work',
    enter: () => orderLater(),
    leave: () => plinth.runtime.services.db.operation.deleteMany({ where: { vpsId: id, actor: 'the table' } }),
    open: [],
    words: /working on this VPS: resize by the table|resize is under way|its record|already exists/,
  },
];

async function orderLater(): Promise<void> {
  const { db } = plinth.runtime.services;
  const { organizationId } = await db.vps.findUniqueOrThrow({ where: { id } });
  const far = new Date(Date.now() + 3_600_000);
  await db.operation.create({
    data: {
      id: crypto.randomUUID(),
      kind: 'resize',
      status: 'queued',
      organizationId,
      vpsId: id,
      request: {},
      actor: 'the table',
      notBefore: far,
    },
  });
}

describe.each(SITUATIONS)('$name', ({ enter, leave, open, words, seller = [] }) => {
  beforeAll(async () => {
    await enter();
  });
  afterAll(async () => {
    await leave();
  });

  // The stack of one that is terminated may go; that comes last.
  const doors = Object.keys(DOORS).filter((door) => words !== GONE || door !== 'a stack removed by force');

  it.each(doors)('%s', async (door) => {
    for (const who of ['admin', 'seller']) {
      const answer = await DOORS[door]!(who);
      const passes = open.includes(door) || (who === 'seller' && seller.includes(door));
      // Only that it is let in counts here, not what comes of it.
      const told = `${who}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`;
      if (passes) expect([200, 202], told).toContain(answer.status);
      else {
        expect([403, 404, 409], told).toContain(answer.status);
        expect(answer.body.message, told).toMatch(words);
      }
    }
  });
});

it('roles: what each may at each door', async () => {
  const may: Record<string, readonly DoorName[]> = { viewer: [], operator: ['an update', 'a refresh'] };
  for (const [role, doors] of Object.entries(may))
    for (const door of Object.keys(DOORS).filter((name) => name !== 'the API’s change')) {
      const { status } = await DOORS[door]!(role);
      if (doors.includes(door)) expect([200, 202], `${role}: ${door}`).toContain(status);
      else expect(status, `${role}: ${door}`).toBe(403);
    }
});

it('the stack of a terminated VPS may be removed', async () => {
  await set(`"status" = 'terminated'`);
  expect((await DOORS['a stack removed by force']!('admin')).status).toBe(204);
});
