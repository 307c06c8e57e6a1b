/** What the desk's forms show for `plinth`: taken apart by a real shell and run, it makes just what the form would. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestOf, type Route } from '../web/desk/lib/as-code.ts';
import * as commands from '../web/desk/lib/as-command.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { seedVpses } from './support/seed-vpses.ts';

const database = withDatabase();
const HOSTILE = `it's "$HOME" $(date) \`date\` \\ END`;
let plinth: Plinth;
let bin: string;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  bin = await mkdtemp(join(tmpdir(), 'plinth-as-code-'));
  // Says what the shell made of its words, for the command to be run in this process.
  const says = `#!${process.execPath}\nconst { argv } = process;\nprocess.stdin.setEncoding('utf8').toArray().then((parts) => console.log(JSON.stringify({ words: argv.slice(2), input: parts.join('') })));\n`;
  await writeFile(join(bin, 'plinth'), says, { mode: 0o755 });
});
afterAll(async () => {
  await plinth?.stop();
  await rm(bin, { recursive: true, force: true });
});

const shell = (text: string, path: string, env: Record<string, string> = {}) =>
  promisify(execFile)('sh', ['-c', `exec </dev/null\n${text}`], {
    env: { ...process.env, ...env, PATH: `${path}${delimiter}${process.env['PATH']}` },
  });

/** Runs what a form shows. */
async function run(text: string | null, env?: Record<string, string>): Promise<any> {
  const { words, input } = JSON.parse((await shell(text!, bin, env)).stdout) as { words: string[]; input: string };
  const ran = await plinth.cli([...words, '--json'], { input });
  expect(ran, ran.err).toMatchObject({ code: 0 });
  return JSON.parse(ran.out);
}

/** Sends what a form would. */
async function send(route: Route, body: object, parts?: Record<string, string>): Promise<any> {
  const { method, path } = requestOf(route, body, parts);
  const headers = { authorization: `Bearer ${plinth.adminToken}`, 'content-type': 'application/json' };
  const answer = await fetch(plinth.origin + path, { method, headers, body: JSON.stringify(body) });
  const told = (await answer.json()) as any;
  expect(answer.ok, JSON.stringify(told)).toBe(true);
  return told;
}

/** What is each one's own, and no part of what was asked for. */
const OWN = /^(id|number|.*_id|.*_at|code|name|title|valid_from|valid_to|approval|last_.*|key_.*)$/;
const alike = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (key, each) => (OWN.test(key) ? undefined : each));

it('a product, its price and its stock', async () => {
  const body = (name: string) => ({ name, description: HOSTILE, kind: 'vps' as const, module: 'manual' as const, features: [] });
  const made = await run(commands.productCommand(body(`${HOSTILE} 1`)));
  expect(made.product).toMatchObject({ name: `${HOSTILE} 1`, description: HOSTILE });
  expect(alike(made)).toEqual(alike(await send('createProduct', body('2'))));
  const { id } = made.product as { id: string };
  const price = { interval: 'quarter' as const, currency: 'EUR', amount: '12.50', setup_fee: '3' };
  const { product } = await run(commands.priceCommand(id, price));
  expect(product.prices).toMatchObject([{ interval: 'quarter', currency: 'EUR', amount: '12.50', setup_fee: '3.00' }]);
  expect((await run(commands.stockCommand(id, 7))).product.stock.total).toBe(7);
  expect((await run(commands.stockCommand(id, null))).product.stock?.total ?? null).toBe(null);
  const template = { description: 'x', variables: [], script: 'true\n', checks: [{ type: 'finished' as const }] };
  for (const name of ['web', 'mail']) await send('publishSetupProfile', { name, template });
  const chosen = { setup_profiles: ['web', 'mail'] };
  expect((await run(commands.productCommand({ ...body('3'), ...chosen }))).product).toMatchObject(chosen);
  // What it cannot say is not shown.
  expect(commands.productCommand({ ...body('x'), features: ['2 vCPU'] })).toBe(null);
  expect(commands.productCommand(body('--visibility=public'))).toBe(null);
});

it('the places of a product', async () => {
  const { providers } = await plinth.json('account', 'list');
  const idOf = (provider: string): string => providers.find(({ type }: { type: string }) => type === provider).id;
  const { product } = await send('createProduct', { name: HOSTILE });
  const candidates = [
    { account_id: idOf('digitalocean'), plan: 's-1vcpu-1gb', regions: ['fra1', 'ams3'], images: ['debian-12-x64', 'ubuntu-24-04-x64'] },
    { account_id: idOf('linode'), plan: 'g6-nanode-1', regions: [], images: ['linode/debian12'] },
    { account_id: idOf('vultr'), plan: 'vc2-1c-1gb', regions: [], images: [] },
  ];
  const placed = await run(commands.placeCommand(product.id, { candidates } as never));
  expect(placed.product.candidates).toMatchObject(candidates);
  expect(commands.placeCommand(product.id, { candidates: [{ ...candidates[0]!, plan: 'a/b' }] } as never)).toBe(null);
});

it('a coupon over a percentage and over an amount', async () => {
  const { product } = await send('createProduct', { name: 'for coupons' });
  const rest = { product_ids: [product.id as string], max_redemptions: 5, per_organization: null, new_customers_only: true };
  for (const [code, what] of [
    ['A', { percent: '25', applies: 'all' as const, periods: null, valid_to: '2031-01-31T22:59:59.000Z' }],
    ['B', { amount: '5.00', currency: 'EUR', applies: 'setup' as const, periods: 3, valid_to: null }],
  ] as const) {
    const made = await run(commands.couponCommand({ code: `${code}-1`, ...what, ...rest }));
    const sent = await send('createCoupon', { code: `${code}-2`, ...what, ...rest });
    expect(alike(made)).toEqual(alike(sent));
    expect([made.coupon.code, made.coupon.valid_to, made.coupon.product_ids]).toEqual([`${code}-1`, what.valid_to, rest.product_ids]);
  }
});

it('a tax rate', async () => {
  const body = { name: HOSTILE, country: 'PT', percent: '23', valid_from: '2031-01-01', reverse_charge: 'business_abroad' as const };
  const { tax_rate: rate } = await run(commands.taxRateCommand(body));
  expect(rate).toMatchObject(body);
  expect(commands.taxRateCommand({ ...body, region: 'Madeira' })).toBe(null);
});

it('planned work, and its change', async () => {
  const { providers } = await plinth.json('account', 'list');
  const account = providers.find((each: any) => each.type === 'digitalocean');
  const times = { starts_at: '2031-03-01T02:00:00.000Z', ends_at: '2031-03-01T04:00:00.000Z' };
  const body = { title: HOSTILE, text: `${HOSTILE}\n-- second line`, ...times, account_id: account.id as string, regions: ['fra1'] };
  const { maintenance: work } = await run(commands.plannedWorkCommand(body));
  expect(work).toMatchObject(body);
  const change = { ...times, title: 'Other', text: '-', ends_at: '2031-03-01T03:00:00.000Z' };
  expect((await run(commands.changedWorkCommand(work.id, change))).maintenance).toMatchObject(change);
});

it('an account, with its key out of the environment', async () => {
  const secrets = [{ at: ['api_key'], variable: 'CLOUD_KEY' }];
  const body = { name: HOSTILE, type: 'digitalocean', endpoint: 'simulator' as const, api_key: 'typed-here' };
  const text = commands.accountCommand(body, secrets);
  expect(text).not.toContain('typed-here');
  expect((await run(text, { CLOUD_KEY: 'sim-as-code' })).provider).toMatchObject({ name: HOSTILE, simulated: true, status: 'ok' });
  const parts = ['access_key_id', 'secret_access_key'].map((name) => ({ at: ['api_key', name], variable: name.toUpperCase() }));
  const many = commands.accountCommand({ name: 'many', type: 'aws', endpoint: 'simulator', api_key: {} }, parts);
  // As jq would make it of them, which not every machine has.
  const jq = `jq() { printf '%s' '{"access_key_id":"sim-AKIA","secret_access_key":"sim-secret"}'; }\n`;
  expect(many).toContain(`jq -n '{ access_key_id: $ENV.ACCESS_KEY_ID, secret_access_key: $ENV.SECRET_ACCESS_KEY }' | plinth account add `);
  const { words, input } = JSON.parse((await shell(jq + many!, bin)).stdout) as { words: string[]; input: string };
  expect([words.slice(0, 2), JSON.parse(input)]).toEqual([
    ['account', 'add'],
    { access_key_id: 'sim-AKIA', secret_access_key: 'sim-secret' },
  ]);
});

it('a bulk run', async () => {
  await seedVpses(plinth.runtime, 3);
  const { instances } = await plinth.json('vps', 'list');
  const { db } = plinth.runtime.services;
  for (const { id } of instances) await db.vps.update({ where: { id }, data: { instanceId: id, powerState: 'running' } });
  const pace = { canary: { count: 2, at_once: false, soak_seconds: 30 }, max_parallel: 3, max_per_minute: 6, max_failures: '10%' };
  const body = {
    action: { action: 'suspend' as const, reason: HOSTILE },
    selection: { ids: instances.map(({ id }: any) => id as string) },
    include_maintenance: true,
    pace,
    note: HOSTILE,
  };
  const { run: started } = await run(commands.bulkCommand(body));
  expect(started).toMatchObject({ action: body.action, pace, note: HOSTILE, include_maintenance: true, selection: { ids_count: 3 } });
  const filtered = { ...body, action: { action: 'reboot' as const }, selection: { filter: { status: 'active' as const, q: 'many-' } } };
  expect((await run(commands.bulkCommand(filtered))).run.selection).toEqual(filtered.selection);
  expect(commands.bulkCommand({ ...body, selection: { filter: {} } })).toMatch(/ --all /);
  expect(commands.bulkCommand({ ...body, selection: { filter: { tags: 'web,prod' } } })).toMatch(/ --tagged=web --tagged=prod /);
  expect(commands.bulkCommand({ ...body, selection: { filter: { power: 'stopped' } } })).toBe(null);
  expect(commands.bulkCommand({ ...body, action: { action: 'configure', tags: [] } })).toBe(null);
  expect(commands.bulkCommand({ ...body, action: { action: 'destroy', grace_hours: 24 } })).toMatch(/--grace-hours=24 .*--yes$/);
});

it('a set-up profile, by the command as it is installed', { timeout: 60_000 }, async () => {
  const template = { description: HOSTILE, variables: [], script: `echo "it's $PLINTH_X"\nEND\n`, checks: [{ type: 'finished' as const }] };
  const text = commands.profileCommand({ name: 'as-code', template });
  const env = { PLINTH_URL: plinth.origin, PLINTH_TOKEN: plinth.adminToken, XDG_CONFIG_HOME: plinth.dataDir };
  await shell(text!, join(import.meta.dirname, '..', 'bin'), env);
  const { profile } = await send('publishSetupProfile', { name: 'as-form', template });
  const { profiles } = await plinth.json('setup-profile', 'list');
  const byCommand = profiles.find((each: any) => each.name === 'as-code');
  expect(byCommand.versions[0].template).toEqual(profile.versions[0].template);
});
