/** A provider whose every answer takes longer than a call usually gets: what is bought is bought once, by the first attempt. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { cloudsOf } from '../support/clouds.ts';
import { withDatabase } from '../support/database.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { type Shop, shopOf } from '../support/shop.ts';
import { until } from '../support/until.ts';

/** As 60 s are to the usual 30 s. */
const USUAL_S = 0.5;
const ANSWER_MS = 1_000;
const TIMES = { timeout: 120_000 };

const database = withDatabase();
let plinth: Plinth;
let shop: Shop;
let clouds: string[];

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_PROVIDER_TIMEOUT_SECONDS: String(USUAL_S), PLINTH_DRIFT_SECONDS: '0' });
  shop = shopOf(plinth);
  clouds = await shop.clouds(cloudsOf('slow-provider'));
}, 120_000);
afterAll(() => plinth?.stop());
beforeEach(() => shop.clearFaults());

const purchases = async (cloud: string): Promise<number> =>
  (await shop.control('GET', `/requests?provider=${cloud}&limit=1000`)).filter(
    ({ method, path }: { method: string; path: string }) => method === 'POST' && /\/(droplets|instances|servers)$/.test(path),
  ).length;

it('the first attempt succeeds, says that the provider is slow, and asks for nothing twice', TIMES, async () => {
  for (const cloud of clouds) {
    // The catalogue is known by then, as for everybody who orders.
    await shop.template(cloud);
    const before = await purchases(cloud);
    await shop.fault({ provider: cloud, kind: 'delay', ms: ANSWER_MS, times: null });
    const { instance, operation } = await shop.order(cloud, `slow-${cloud}`);
    expect(await shop.ended(operation.id, 90_000), cloud).toMatchObject({ status: 'succeeded', attempt: 1 });
    const events = await shop.events(operation.id);
    const told = events.filter(({ data }) => /^The provider is slow: .* has not answered /.test(data.message ?? ''));
    expect(told.length, cloud).toBeGreaterThan(0);
    expect(
      told.some(({ data }) => /POST .*nothing is asked for twice/.test(data.message)),
      cloud,
    ).toBe(true);
    expect((await purchases(cloud)) - before, cloud).toBe(1);
    expect((await shop.servers(instance.id)).length, cloud).toBe(1);
    await shop.clearFaults();
    expect(await shop.destroy(instance.id), cloud).toMatchObject({ status: 'succeeded' });
  }
});

it('a cancellation waits for the answer of the purchase, and what was bought is known', TIMES, async () => {
  const [cloud] = clouds;
  await shop.fault({ provider: cloud!, kind: 'delay', ms: 3 * ANSWER_MS, method: 'POST', times: null });
  const { instance, operation } = await shop.order(cloud!, 'slow-cancelled');
  const isSlow = async (): Promise<boolean> =>
    (await shop.events(operation.id)).some(({ data }) => /is slow: .* POST/.test(data.message ?? ''));
  await until(isSlow, { timeoutMs: 60_000, everyMs: 50, what: 'the slow purchase' });
  await shop.call('POST', `/api/operations/${operation.id}/cancel`);
  expect(await shop.ended(operation.id)).toMatchObject({ status: 'cancelled' });
  await shop.clearFaults();
  expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded' });
  expect(await shop.servers(instance.id)).toEqual([]);
});
