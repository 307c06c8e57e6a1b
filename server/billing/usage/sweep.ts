/** Reads what measured servers have sent out in the period that runs, as their providers count it. */
import { plinthItself } from '../../identity/policy/grants.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import type { SweepReport } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { readBandwidth } from '../../vps/usage/usage.ts';
import { measuredNow, putUsage } from './store.ts';

const BY = plinthItself('billing');
const BYTES_PER_GB = 1e9;

export async function usageSweep(services: Services, signal?: AbortSignal): Promise<SweepReport> {
  let [read, failed] = [0, 0];
  for (const { id, vpsId, organizationId, index, startDate } of await measuredNow(services.db)) {
    signal?.throwIfAborted();
    try {
      const { days } = await readBandwidth(services, BY, vpsId);
      const from = startDate.toISOString().slice(0, 10);
      const bytes = days.reduce((sum, day) => (day.date >= from ? sum + day.outgoing_bytes : sum), 0);
      await putUsage(services.db, id, 'traffic', index, (bytes / BYTES_PER_GB).toFixed(4), await businessNow(services.db, organizationId));
      read++;
    } catch (error) {
      failed++;
      services.log.warn({ err: error, subscription: id, vps: vpsId }, 'the traffic of a server could not be read; it is tried again');
    }
  }
  return {
    outcome: failed > 0 ? 'partial' : 'ok',
    message: `${read} servers were read${failed > 0 ? `, ${failed} were not` : ''}.`,
    result: { read, failed },
  };
}
