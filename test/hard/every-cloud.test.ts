/**
 * At each simulated provider that sells servers: a server that nobody touched has no drift and nothing to do by hand; what is changed
 * behind our back is seen and repaired; a harmless change by hand is made; and what buys for a term is not ended by hand. A long test
 * (PLINTH_LONG_TESTS=1; PLINTH_TEST_CLOUDS names some): a usual run does the same at fewer, in drift and by-hand.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { endingOf, markOf } from '../../providers/manners.ts';
import { providers } from '../../providers/list.ts';
import { withDatabase } from '../support/database.ts';
import { openTerminals, type Terminals } from '../support/hand.ts';
import { sweepNow } from '../support/lanes.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { type Shop, shopOf } from '../support/shop.ts';
import { until } from '../support/until.ts';

const chosen = process.env['PLINTH_TEST_CLOUDS']?.split(',');
const LONG = process.env['PLINTH_LONG_TESTS'] === '1' || chosen !== undefined;
/** What a person provides has no cloud behind it. */
const SELLING = providers.filter(
  ({ compute, instance, descriptor }) =>
    compute && instance && endingOf(descriptor).when !== 'person' && (chosen?.includes(descriptor.id) ?? true),
);
const PATIENCE_MS = 120_000;
const database = withDatabase();
let plinth: Plinth;
let shop: Shop;
let terminals: Terminals;

describe.skipIf(!LONG)('at each provider', () => {
  beforeAll(async () => {
    plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0', PLINTH_CONCURRENCY: '2' });
    shop = shopOf(plinth);
    terminals = await openTerminals();
  }, 180_000);
  afterAll(async () => {
    await plinth?.stop();
    await terminals?.close();
  });

  const succeeded = async (id: string): Promise<void> =>
    expect(await shop.ended(id, PATIENCE_MS)).toMatchObject({ status: 'succeeded', fault: null });
  const drifts = async (vps: string): Promise<any[]> => (await shop.call('GET', `/api/admin/drift?vps_id=${vps}`)).drifts;

  it.each(SELLING.map(({ descriptor }) => [descriptor.id, descriptor] as const))(
    '%s',
    { timeout: 400_000 },
    async (provider, descriptor) => {
      const label = `each-${provider}`;
      const ordered = await shop.order(provider, label);
      const { id } = ordered.instance;
      await succeeded(ordered.operation.id);
      expect(await sweepNow(shop)).toMatchObject({ outcome: 'ok' });
      expect(await drifts(id)).toEqual([]);

      const { file, organization, project, stack } = await plinth.json('stack', 'pull', label, '--dir', terminals.dir);
      const anna = await terminals.person(`anna-${provider}`, plinth.origin, plinth.adminToken);
      await anna.must('stack', 'select', `${organization}/${project}/${stack}`);
      expect(await anna.must('preview', '--expect-no-changes')).not.toContain('warning:');
      await anna.must('refresh', '--yes', '--expect-no-changes');
      if (markOf(descriptor).keepsTags) await changeTags(anna, file, id);

      const { instance_id: instanceId } = await shop.vps(id);
      // Ids of some are paths.
      const place = `/instances/${provider}/${encodeURIComponent(instanceId)}`;
      await shop.control('POST', `${place}/power`, { power: 'off' });
      await sweepNow(shop);
      const seen = await until(async () => (await drifts(id)).find(({ state }) => state === 'confirmed'), {
        timeoutMs: 60_000,
        what: `the drift of ${label}`,
      });
      expect(seen.differences.map(({ text }: any) => text)).toEqual(['power: running → stopped']);
      const { drift } = await shop.call('POST', `/api/admin/drift/${seen.id}/repair`, {});
      await succeeded(drift.action_operation_id);
      await sweepNow(shop);
      await until(async () => (await drifts(id)).every(({ state }) => state === 'resolved'), { what: `${label} to be repaired` });
      expect((await shop.vps(id)).power_state).toBe('running');

      const { byHand = { can: true } } = descriptor;
      if (!byHand.can) {
        const refused = await anna.pulumi('destroy', '--yes', '--skip-preview');
        expect(refused.code).not.toBe(0);
        expect(refused.out).toContain(byHand.reason);
      }
      await succeeded((await shop.call('DELETE', `/api/vps/${id}?grace_hours=0`)).operation.id);
      expect((await shop.vps(id)).status).toBe(endingOf(descriptor).when === 'now' ? 'terminated' : 'ending');
    },
  );

  async function changeTags(anna: Awaited<ReturnType<Terminals['person']>>, file: string, id: string): Promise<void> {
    const document = parse(await readFile(file, 'utf8'));
    document.config['plinth:spec'].tags = ['by-hand'];
    await writeFile(file, stringify(document));
    expect(await anna.must('up', '--yes')).toContain('1 updated');
    await until(async () => (await shop.vps(id)).tags[0] === 'by-hand', { what: 'the service to know the tag' });
    await anna.must('preview', '--expect-no-changes');
  }
});
