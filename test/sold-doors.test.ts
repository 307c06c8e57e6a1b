/** No way round payment: every door × what is asked for × whether the VPS is internal, sold or suspended, against the real service. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';
import { type Config, stateClient } from './support/state-client.ts';

const database = withDatabase();
const SUBSCRIPTION = '00000000-0000-4000-8000-0000000050ed';
let plinth: Plinth;
let owner: Customer;
let id: string;
let otherPlan: string;
let server: Record<string, string>;
const shop = new Selling(() => plinth);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  owner = await shop.customer({ internal: true });
  const words = await someServer(plinth);
  const [, account, , plan, , region, , image] = words;
  server = { type: plan!, region: region!, image: image! };
  const { items } = await plinth.json('catalog', 'plans', '--account', account!);
  const now = items.find((each: any) => each.id === plan);
  const fits = (each: any): boolean => each.available && each.regions.includes(region) && each.diskGb > now.diskGb;
  otherPlan = items.find(fits).id;
  ({
    instance: { id },
  } = await plinth.json('vps', 'create', 'sold', ...words, '--organization', owner.name, '--wait'));
}, 600_000);
afterAll(() => plinth?.stop());

interface Told {
  /** Null: let in. */
  readonly code: string | null;
}
type Door = (who: 'owner' | 'seller') => Promise<Told>;
const tokenOf = (who: 'owner' | 'seller'): string => (who === 'owner' ? owner.token : plinth.adminToken);
const rest =
  (method: string, path: string, body?: unknown): Door =>
  async (who) => {
    const answer = await shop.call(method, path.replace(':id', id), body, tokenOf(who));
    return { code: answer.status < 300 ? null : answer.body.code };
  };
/** What the API says could be done, without doing it. */
const capability =
  (action: string): Door =>
  async (who) => {
    const { instance } = await shop.ok('GET', `/api/vps/${id}`, undefined, tokenOf(who));
    const { allowed, code } = instance.capabilities[action];
    return { code: allowed ? null : code };
  };
const bulk =
  (action: Record<string, unknown>): Door =>
  async (who) => {
    const preview = await shop.ok('POST', '/api/bulk/preview', { action, selection: { ids: [id] } }, tokenOf(who));
    return { code: preview.ready === 1 ? null : preview.refused_by[0].code };
  };
const cli =
  (...words: string[]): Door =>
  async (who) => {
    const { code, err } = await plinth.cli([...words], { env: { PLINTH_TOKEN: tokenOf(who) } });
    return { code: code === 0 ? null : (/use_(order|subscription)|\bsuspended\b/.exec(err)?.[0] ?? byWords(err)) };
  };
const byWords = (text: string): string =>
  /It is sold|is sold:/.test(text)
    ? 'use_subscription'
    : /bought here|buys its servers/.test(text)
      ? 'use_order'
      : /suspended/.test(text)
        ? 'suspended'
        : text;
/** An update of the stack by hand. */
const byHand =
  (kind: 'update' | 'destroy', change: (spec: any) => void = () => undefined): Door =>
  async (who) => {
    const { body } = await shop.call('GET', `/api/vps/${id}/stack`);
    const config = body.config as Config;
    const key = Object.keys(config).find((name) => name.endsWith(':spec'))!;
    const spec = typeof config[key] === 'string' ? JSON.parse(config[key]) : structuredClone(config[key]);
    change(spec);
    const stack = stateClient(plinth, owner.name, `vps-${id}`);
    const begun = await stack.begin(tokenOf(who), kind, { ...config, [key]: spec });
    if (begun.started.status === 200) await stack.end(begun, 'failed');
    return { code: begun.started.status === 200 ? null : byWords(begun.started.body.message) };
  };

/** `harmless`: it can be tried where it is let in, too. */
const DOORS: Record<string, Record<string, { readonly door: Door; readonly harmless?: true }>> = {
  create: {
    api: {
      door: (who) =>
        rest('POST', '/api/vps', { ...server, label: 'another', ...(who === 'seller' ? { organization_id: owner.id } : {}) })(who),
    },
    cli: {
      door: (who) =>
        cli(
          'vps',
          'create',
          'another',
          '--plan',
          server['type']!,
          '--region',
          server['region']!,
          '--image',
          server['image']!,
          ...(who === 'seller' ? ['--organization', owner.id] : []),
        )(who),
    },
  },
  resize: {
    api: { door: (who) => rest('POST', '/api/vps/:id/actions', { action: 'resize', plan: otherPlan })(who) },
    preview: { door: (who) => rest('POST', '/api/vps/:id/preview', { change: { action: 'resize', plan: otherPlan } })(who) },
    capability: { door: capability('resize'), harmless: true },
    bulk: { door: (who) => bulk({ action: 'resize', plan: otherPlan })(who), harmless: true },
    cli: { door: (who) => cli('vps', 'resize', id, otherPlan)(who) },
    stack: { door: byHand('update', (spec) => void (spec.compute.plan = otherPlan)), harmless: true },
  },
  option: {
    api: { door: rest('POST', '/api/vps/:id/actions', { action: 'configure', backups: true }) },
    stack: { door: byHand('update', (spec) => void (spec.compute.backups = true)), harmless: true },
  },
  destroy: {
    api: { door: rest('DELETE', '/api/vps/:id?grace_hours=24') },
    capability: { door: capability('destroy'), harmless: true },
    bulk: { door: bulk({ action: 'destroy' }), harmless: true },
    cli: { door: (who) => cli('vps', 'destroy', id, '--yes')(who) },
    stack: { door: byHand('destroy') },
  },
  power: {
    api: { door: rest('POST', '/api/vps/:id/actions', { action: 'start' }) },
    reboot: { door: rest('POST', '/api/vps/:id/actions', { action: 'reboot' }) },
    capability: { door: capability('start'), harmless: true },
    bulk: { door: bulk({ action: 'start' }), harmless: true },
    cli: { door: (who) => cli('vps', 'start', id)(who) },
    'stack, which makes it run': { door: byHand('update'), harmless: true },
  },
};

async function stands(vps: string, internal: boolean): Promise<void> {
  await shop.db.$executeRawUnsafe(`UPDATE "vps" SET ${vps} WHERE "id" = '${id}'`);
  await shop.ok('PUT', `/api/admin/organizations/${owner.id}/buyer`, { internal });
}

it('refuses at every door what payment decides, and nothing else', async () => {
  const active = `"status" = 'active', "suspendReason" = NULL`;
  const SOLD = { create: 'use_order', resize: 'use_subscription', option: 'use_subscription', destroy: 'use_subscription' };
  const situations: Record<string, { enter: () => Promise<void>; refuses: Record<string, string | RegExp> }> = {
    internal: { enter: () => stands(`${active}, "subscriptionId" = NULL`, true), refuses: {} },
    sold: { enter: () => stands(`${active}, "subscriptionId" = '${SUBSCRIPTION}'`, false), refuses: SOLD },
    suspended: {
      enter: () => stands(`"status" = 'suspended', "suspendReason" = 'It is not paid.', "subscriptionId" = '${SUBSCRIPTION}'`, false),
      refuses: { ...SOLD, resize: /suspended|use_subscription/, option: /suspended|use_subscription/, power: 'suspended' },
    },
  };
  let [refused, open] = [0, 0];
  const wrong: string[] = [];
  for (const [situation, { enter, refuses }] of Object.entries(situations)) {
    await enter();
    for (const [action, doors] of Object.entries(DOORS))
      for (const [name, { door, harmless }] of Object.entries(doors))
        for (const who of ['owner', 'seller'] as const) {
          const expected = refuses[action];
          // What is let in and changes something is shown by the doors that only ask.
          if (expected === undefined && !harmless) continue;
          const { code } = await door(who);
          const right = expected === undefined ? code === null : code !== null && new RegExp(expected).test(code);
          if (!right) wrong.push(`${situation}: ${action} by ${name} as ${who}: ${code ?? 'let in'}`);
          if (expected === undefined) open++;
          else refused++;
        }
  }
  await stands(`${active}, "subscriptionId" = NULL`, true);
  process.stdout.write(`${refused + open} doors tried: ${refused} refused, ${open} open\n`);
  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThan(50);
  expect(await shop.db.vps.count({ where: { organizationId: owner.id } })).toBe(1);
});

it('lets the seller override with a reason, which the audit trail keeps', async () => {
  await stands(`"subscriptionId" = '${SUBSCRIPTION}'`, false);
  const asked = { action: 'resize', plan: otherPlan };
  const own = await shop.call('POST', `/api/vps/${id}/actions`, { ...asked, override_reason: 'I want it' }, owner.token);
  expect([own.status, own.body.code]).toEqual([403, 'forbidden']);
  const done = await shop.call('POST', `/api/vps/${id}/actions`, { ...asked, override_reason: 'a gift' });
  expect(done.status).toBe(202);
  const kept = await shop.db.auditEvent.findMany({ where: { action: 'vps.sold-overridden', target: id } });
  expect(kept.map(({ data }) => data)).toEqual([{ action: 'resize', reason: 'a gift' }]);
});
