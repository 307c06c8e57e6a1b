/** Transfer and graphs of a VPS, read at its provider. Answers are kept for some seconds: many look at the same picture. */
import type { Bandwidth, Metrics } from '../../../contract/usage.ts';
import type { BandwidthDay, Capability, ComputeClient } from '../../../providers/provider.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { timeNow } from '../../kernel/clock.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import type { VpsWithAccount } from '../store.ts';
import { clientOf, providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { mustVps } from '../vps.ts';

const READ_TIMEOUT_MS = 20_000;
const BANDWIDTH_TTL_MS = 60_000;
const METRICS_TTL_MS = 15_000;
const DAY_MS = 86_400_000;
const LONGEST_MS = 31 * DAY_MS;
/** A clock may be a little ahead of ours. */
const AHEAD_MS = 5 * 60_000;
const MOST_KEPT = 500;
const BYTES_PER_GB = 1e9;

interface Kept {
  readonly until: number;
  readonly answer: Promise<unknown>;
}
const kept = new WeakMap<object, Map<string, Kept>>();

/** The same question within `ttlMs` shares one answer; a failed one is forgotten. */
function remembered<T>(services: Services, key: string, ttlMs: number, ask: () => Promise<T>): Promise<T> {
  const answers = kept.get(services.db) ?? new Map<string, Kept>();
  kept.set(services.db, answers);
  const known = answers.get(key);
  if (known && known.until > timeNow().getTime()) return known.answer as Promise<T>;
  const answer = ask();
  const entry = { until: timeNow().getTime() + ttlMs, answer };
  answers.delete(key);
  answers.set(key, entry);
  // The oldest goes first.
  if (answers.size > MOST_KEPT) answers.delete(answers.keys().next().value!);
  answer.catch(() => answers.get(key) === entry && answers.delete(key));
  return answer;
}

interface Subject {
  readonly vps: VpsWithAccount;
  readonly instanceId: string;
  readonly compute: ComputeClient;
}

/** @throws Refusal 409 when the provider cannot, or there is no server to read of. */
async function subjectOf(services: Services, principal: Principal, id: string, feature: 'bandwidth' | 'metrics'): Promise<Subject> {
  const vps = await mustVps(services, principal, id);
  const capability: Capability = providerOf(services, vps.account).descriptor.capabilities[feature];
  if (!capability.can) throw new Refusal(409, 'not_supported', capability.reason);
  if (vps.status === 'terminated') throw new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is terminated; there is nothing to measure.`);
  const { compute } = clientOf(services, vps.account);
  if (!compute || vps.instanceId === null)
    throw new Refusal(409, 'no_instance', `The provider has no server of "${vps.label}" yet. Wait until it is active.`);
  return { vps, instanceId: vps.instanceId, compute };
}

export async function readBandwidth(services: Services, principal: Principal, id: string): Promise<Bandwidth> {
  const { vps, instanceId, compute } = await subjectOf(services, principal, id, 'bandwidth');
  const { days, at } = await remembered(services, `bandwidth/${vps.id}/${instanceId}`, BANDWIDTH_TTL_MS, async () => ({
    days: await compute.bandwidth(instanceId, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) }),
    at: timeNow(),
  }));
  const { compute: wanted } = VpsSpec.parse(vps.spec);
  // The totals are of use without the plan's share of them.
  const plans = await readCatalog(services, vps.account, 'plans').catch(() => null);
  const includedGb = plans?.items.find((plan) => plan.id === wanted.plan)?.transferGb ?? null;
  return {
    days: days.map(({ date, incomingBytes, outgoingBytes }) => ({ date, incoming_bytes: incomingBytes, outgoing_bytes: outgoingBytes })),
    month: monthOf(days, includedGb, at),
    simulated: vps.account.endpointKind === 'simulator',
    fetched_at: at.toISOString(),
  };
}

/** Pure: the totals of the calendar month that `at` is in. Providers bill what goes out. */
export function monthOf(days: readonly BandwidthDay[], includedGb: number | null, at: Date): Bandwidth['month'] {
  const from = `${at.toISOString().slice(0, 7)}-01`;
  const own = days.filter(({ date }) => date.slice(0, 7) === from.slice(0, 7));
  const incoming = own.reduce((sum, day) => sum + day.incomingBytes, 0);
  const outgoing = own.reduce((sum, day) => sum + day.outgoingBytes, 0);
  const included = includedGb === null ? null : includedGb * BYTES_PER_GB;
  const used_share = included === null || included === 0 ? null : outgoing / included;
  return { from, incoming_bytes: incoming, outgoing_bytes: outgoing, included_bytes: included, used_share };
}

export async function readMetrics(
  services: Services,
  principal: Principal,
  id: string,
  wanted: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<Metrics> {
  const { from, to } = rangeOf(wanted, timeNow().getTime());
  const { vps, instanceId, compute } = await subjectOf(services, principal, id, 'metrics');
  if (!compute.metrics) throw new Refusal(409, 'not_supported', 'This version of Plinth reads no graphs at this provider.');
  const ask = compute.metrics.bind(compute);
  // Pictures that end "now" are the same for some seconds.
  const near = (ms: number): number => Math.floor(ms / METRICS_TTL_MS);
  const { series, at } = await remembered(
    services,
    `metrics/${vps.id}/${instanceId}/${near(from)}/${near(to)}`,
    METRICS_TTL_MS,
    async () => ({
      series: await ask(instanceId, from, to, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) }),
      at: timeNow(),
    }),
  );
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    series: series.map(({ metric, unit, points }) => ({
      metric,
      unit,
      points: points.map(({ at: ms, value }) => ({ at: new Date(ms).toISOString(), value })),
    })),
    simulated: vps.account.endpointKind === 'simulator',
    fetched_at: at.toISOString(),
  };
}

/** @throws Refusal naming the end that is wrong. */
export function rangeOf(
  wanted: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): { readonly from: number; readonly to: number } {
  const to = wanted.to === undefined ? now : Date.parse(wanted.to);
  const from = wanted.from === undefined ? to - DAY_MS : Date.parse(wanted.from);
  if (!(to <= now + AHEAD_MS)) throw refuseField('to', 'lies in the future', 'Send a time that has been, or leave it out.');
  if (!(from < to)) throw refuseField('from', 'is not before `to`', 'Send an earlier time.');
  if (to - from > LONGEST_MS) throw refuseField('from', 'is more than 31 days before `to`', 'Ask for a shorter time.');
  return { from, to };
}
