/** A server with a set-up profile whose system is written anew is set up anew: with a token, secrets and checks of its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SETUP_SECRETS } from '../server/vps/setup/prepare.ts';
import { withDatabase } from './support/database.ts';
import { testEngine } from './support/engine.ts';
import { freePort } from './support/free-port.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { Selling } from './support/selling.ts';
import { Shop } from './support/shop.ts';

const database = withDatabase();
let plinth: Plinth;
let shop: Shop;

beforeAll(async () => {
  await testEngine();
  // A server phones home to the address that it was told before anything listened.
  plinth = await startPlinth(database.url, { PORT: String(await freePort()) });
  shop = new Shop(
    () => plinth.origin,
    async () => plinth.adminToken,
    plinth.runtime.simulatorOrigin!,
  );
}, 600_000);
afterAll(() => plinth?.stop());

const template = (more: object = {}) => ({
  variables: [
    { name: 'OWNER', type: 'word' },
    { name: 'GREETING', type: 'text', default: 'hello' },
    { name: 'KEY', type: 'secret' },
  ],
  script: 'fetch_secrets\necho "$OWNER $GREETING" > /root/owner\n',
  checks: [{ type: 'finished' }],
  ready_within: 120,
  ...more,
});
const publish = async (more?: object) => {
  const answer = await shop.call('POST', '/api/setup-profiles', { name: 'probe', template: template(more) });
  expect(answer.httpStatus, JSON.stringify(answer)).toBe(201);
};

interface Found {
  readonly token: string;
  readonly key: string;
  readonly userData: string;
  readonly version: number;
  readonly values: unknown;
}

/** What the provider boots the server with, and what is known of its set-up. */
async function found(vpsId: string): Promise<Found> {
  const { db, secrets } = plinth.runtime.services;
  const server = (await shop.servers(vpsId))[0]!;
  const text = server.userData!.startsWith('#') ? server.userData! : Buffer.from(server.userData!, 'base64').toString();
  const setup = await db.vpsSetup.findUniqueOrThrow({ where: { vpsId } });
  expect(setup).toMatchObject({ finishedOk: true, fetchedAt: expect.any(Date), readyAt: expect.any(Date) });
  const { KEY: key } = JSON.parse(SETUP_SECRETS.open(secrets, vpsId, setup.secrets!)) as { KEY: string };
  const token = /\/api\/setup\/([A-Za-z0-9_-]{20,})/.exec(text)![1]!;
  return { token, key, userData: text, version: setup.version, values: setup.values };
}

async function reinstalled(id: string, more: object = {}): Promise<Found> {
  const asked = await shop.call('POST', `/api/vps/${id}/actions`, { action: 'reinstall', ...more });
  expect(asked.httpStatus, JSON.stringify(asked)).toBe(202);
  expect(await shop.ended(asked.operation.id, 120_000)).toMatchObject({ status: 'succeeded' });
  const passed = (await shop.events(asked.operation.id)).filter(({ type, data }: any) => type === 'readiness' && data.state === 'passed');
  expect(passed.map(({ data }: any) => data.check)).toEqual(['the end of its script']);
  return await found(id);
}

it.each(['hetzner', 'digitalocean', 'hostinger'])(
  'at %s, where the profile stands still and where it changes',
  { timeout: 300_000 },
  async (provider) => {
    const { db } = plinth.runtime.services;
    if ((await db.setupProfile.count({ where: { name: 'probe' } })) === 0) await publish();
    const order = await shop.order(provider, `set-up-${provider}`, { setup: { profile: 'probe', version: 1, values: { OWNER: 'ada' } } });
    expect(await shop.ended(order.operation.id, 120_000)).toMatchObject({ status: 'succeeded' });
    const { id } = order.instance;
    const copy = { ...(await shop.template(provider)), label: 'copy', image: undefined, from_snapshot: 'any', setup: { profile: 'probe' } };
    expect(await shop.call('POST', '/api/vps', copy)).toMatchObject({ httpStatus: 422, errors: [{ field: 'setup' }] });
    const first = await found(id);

    const second = await reinstalled(id);
    expect(second.version).toBe(1);
    expect(second.values).toEqual(first.values);
    expect([second.token, second.key]).not.toEqual([first.token, first.key]);
    expect(second.token).not.toBe(first.token);
    expect(second.key).not.toBe(first.key);
    // One script, and what the former system knew opens nothing.
    expect(second.userData).not.toContain(first.token);
    for (const { token } of [first, second]) expect((await shop.call('POST', `/api/setup/${token}`)).httpStatus).toBe(404);

    await publish({ script: 'fetch_secrets\necho "$GREETING, $OWNER" > /root/owner\n' });
    const third = await reinstalled(id, { setup: { profile: 'probe', values: { GREETING: 'welcome' } } });
    expect(third.version).toBeGreaterThan(1);
    expect(third.values).toMatchObject({ OWNER: 'ada', GREETING: 'welcome' });
    expect(third.userData).toContain("GREETING='welcome'");

    const unknown = await shop.call('POST', `/api/vps/${id}/actions`, { action: 'reinstall', setup: { profile: 'nobody' } });
    expect(unknown).toMatchObject({ httpStatus: 422, errors: [{ field: expect.stringContaining('profile') }] });
  },
);

it('of a sold server its product says which profiles may be chosen', { timeout: 120_000 }, async () => {
  const selling = new Selling(() => plinth);
  const { db } = plinth.runtime.services;
  const [owner, stranger] = [await selling.customer({ internal: true }), await selling.customer()];
  const variables = [{ name: 'WHO', type: 'word', default: 'bob' }];
  for (const name of ['offered', 'private'])
    await selling.ok('POST', '/api/setup-profiles', { name, template: { variables, script: 'echo "$WHO"\n', checks: [] } });
  const setup = { profile: 'private', values: { WHO: 'ada' } };
  const made = await shop.order('digitalocean', 'set-up-sold', { organization_id: owner.id, setup });
  expect(await shop.ended(made.operation.id, 120_000)).toMatchObject({ status: 'succeeded' });
  const { id } = made.instance;
  expect(await selling.call('POST', '/api/products', { name: 'Sold', setup_profiles: ['nobody'] })).toMatchObject({
    status: 422,
    body: { errors: [{ field: 'setup_profiles.0' }] },
  });
  const { product } = await selling.ok('POST', '/api/products', { name: 'Sold' });
  const about = {
    organizationId: owner.id,
    orderItemId: id,
    productId: product.id,
    vpsId: id,
    status: 'active',
    billingZone: 'UTC',
    anchorDate: new Date(),
  };
  const terms = { currency: 'EUR', interval: 'month', amount: 1000n, setupFee: 0n, taxBehavior: 'exclusive' };
  // Of a server that is not sold its organization is told what it has, and nothing else of the seller's.
  const unsold = (await selling.call('GET', `/api/vps/${id}/setup-choices`, undefined, owner.token)).body;
  expect([unsold.present.values, unsold.profiles.map(({ name }: any) => name)]).toEqual([{ WHO: 'ada' }, ['private']]);
  const { id: subscriptionId } = await db.subscription.create({ data: { id: `sold-${id}`, ...about, ...terms } });
  await db.vps.update({ where: { id }, data: { subscriptionId } });

  const choices = async (token: string) => await selling.call('GET', `/api/vps/${id}/setup-choices`, undefined, token);
  const act = async (setup: object | null, token = owner.token) =>
    await selling.call('POST', `/api/vps/${id}/actions`, { action: 'reinstall', setup }, token);
  // What the seller filled in is not told either.
  const present = { profile: 'private', version: 1, values: {} };
  expect((await choices(owner.token)).body).toEqual({ present, profiles: [] });
  for (const none of [{ profile: 'offered' }, { profile: 'private' }, null])
    expect(await act(none)).toMatchObject({ status: 403, body: { code: 'forbidden', errors: [{ field: 'setup' }] } });

  await selling.ok('PATCH', `/api/products/${product.id}`, { setup_profiles: ['offered'] });
  expect((await choices(owner.token)).body).toEqual({
    present,
    // Not its script, which is the seller's own.
    profiles: [{ name: 'offered', version: 1, description: '', variables: [{ ...variables[0], description: '' }] }],
  });
  const notOffered = { status: 403, body: { code: 'profile_not_offered', errors: [{ field: 'setup.profile' }] } };
  const change = { action: 'reinstall', setup: { profile: 'private' } };
  const preview = async (token: string) => await selling.call('POST', `/api/vps/${id}/preview`, { change }, token);
  expect(await act({ profile: 'private' })).toMatchObject(notOffered);
  expect(await preview(owner.token)).toMatchObject(notOffered);
  const many = { action: change, selection: { ids: [id] } };
  const dryRun = async (token: string) => (await selling.call('POST', '/api/bulk/preview', many, token)).body;
  expect(await dryRun(owner.token)).toMatchObject({ ready: 0, refused: 1, refused_by: [{ code: 'profile_not_offered', count: 1 }] });
  expect(await dryRun(plinth.adminToken)).toMatchObject({ ready: 1, refused: 0 });
  expect(await act({ profile: 'offered', version: 1 })).toMatchObject({ status: 403, body: { errors: [{ field: 'setup.version' }] } });
  expect((await choices(stranger.token)).status).toBe(404);
  expect((await act({ profile: 'offered' }, stranger.token)).status).toBe(404);

  for (const [chosen, kept] of [
    [
      { profile: 'offered', values: { WHO: 'eve' } },
      { profile: 'offered', version: 1, values: { WHO: 'eve' } },
    ],
    [null, null],
  ]) {
    const asked = await act(chosen as object | null);
    expect(asked.status, JSON.stringify(asked.body)).toBe(202);
    expect(await shop.ended(asked.body.operation.id, 120_000)).toMatchObject({ status: 'succeeded' });
    expect((await choices(owner.token)).body).toMatchObject({ present: kept });
    expect((await shop.servers(id))[0]!.userData ?? '').toEqual(
      chosen ? expect.stringContaining("WHO='eve'") : expect.not.stringMatching(/WHO=/),
    );
  }
  // The seller is not bound, and gets what was previewed.
  const { body } = await preview(plinth.adminToken);
  expect(await shop.ended(body.operation.id, 120_000)).toMatchObject({ status: 'succeeded' });
  const asked = await selling.call('POST', `/api/vps/${id}/actions`, { ...change, approval: body.preview.approval });
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
});

it('is chosen with an order, as it was published then', { timeout: 120_000 }, async () => {
  const selling = new Selling(() => plinth);
  await selling.open();
  const { db } = plinth.runtime.services;
  const buyer = await selling.customer();
  const publishBought = async (greeting: string) =>
    await selling.ok('POST', '/api/setup-profiles', {
      name: 'bought',
      template: template({ script: `fetch_secrets\necho ${greeting} "$OWNER" > /root/owner\n` }),
    });
  await publishBought('first');
  const own = { candidates: [{ ...(await selling.somewhere()), images: [] }] };
  const product = await selling.product({ setup_profiles: ['bought'] }, own);
  const plain = await selling.product({}, own);
  const choices = async (id: string, token?: string) =>
    (await selling.ok('GET', `/api/products/${id}/choices`, undefined, token)).setup_profiles;
  expect(await choices(plain.id, buyer.token)).toEqual([]);
  expect(await choices(product.id, buyer.token)).toMatchObject([{ name: 'bought', version: 1, variables: template().variables }]);
  expect(JSON.stringify(await choices(product.id, buyer.token))).not.toContain('fetch_secrets');
  expect((await choices(plain.id)).length).toBeGreaterThan(1);

  const setup = { profile: 'bought', values: { OWNER: 'ada' } };
  const refused = async (id: string, asked: object, more: object = {}) => {
    const { status, body } = await selling.quote(buyer, id, { setup: asked, ...more });
    return [status, body.code, body.errors?.[0]?.field];
  };
  expect(await refused(plain.id, setup)).toEqual([403, 'forbidden', 'setup']);
  expect(await refused(product.id, { profile: 'probe' })).toEqual([403, 'profile_not_offered', 'setup.profile']);
  expect(await refused(product.id, { ...setup, version: 1 })).toEqual([403, 'forbidden', 'setup.version']);
  expect(await refused(product.id, { profile: 'bought' })).toEqual([422, 'invalid_request', 'setup.values.OWNER']);

  const order = await selling.order(buyer, product.id, { setup });
  const { options } = await db.orderItem.findFirstOrThrow({ where: { orderId: order.id } });
  expect(JSON.stringify(options)).not.toMatch(/api\/setup|setup-script|root\/owner/);
  // What is published while somebody pays is not what they chose.
  await publishBought('second');
  await selling.pay(order);
  const { items } = await selling.orderIs(order.id, 'fulfilled');
  const made = await found(items[0].vps_id);
  expect(made).toMatchObject({ version: 1, values: { OWNER: 'ada' } });
  expect(made.userData).toContain('echo first ');
});
