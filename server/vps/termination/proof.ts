/**
 * Proof that nothing of a VPS is left: reads at the providers that rest on no stack and no cache. Only a definite
 * absence counts as gone; a read that fails proves nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Evidence } from '../../../contract/lifecycle.ts';
import { parseIdentityTag } from '../../../providers/identity.ts';
import type { OwnedObject, SharedKeyClient } from '../../../providers/instance-extras.ts';
import { everyItem } from '../../../providers/pages.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { recordComment } from '../../../stacks/user-data.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Snapshot } from '../../kernel/database.ts';
import { accountById } from '../../accounts/store.ts';
import { keptSnapshots } from '../snapshots/store.ts';
import { livingSpecsAt, type VpsWithAccount } from '../store.ts';
import { mustCompute, mustDns } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Services } from '../../kernel/services.ts';
import { priceOf } from '../changes/preview.ts';

/** A provider's listings may show for a while what is gone. */
const PATIENCE_MS = { real: 60_000, simulator: 2_000 } as const;
const FIRST_PAUSE_MS = 250;

type Check = Evidence['checks'][number];
interface Look {
  readonly what: string;
  readonly find: (signal: AbortSignal) => Promise<readonly string[]>;
  /** What it says when nothing is found. */
  readonly none?: string;
}

/**
 * Reads until nothing is found or patience ends; the last reads are the evidence.
 * @param stays the server is none of this VPS's and stays
 */
export async function prove(services: Services, vps: VpsWithAccount, signal: AbortSignal, stays = false): Promise<Evidence> {
  const spec = VpsSpec.parse(vps.spec);
  const kept = stays ? [] : await keptSnapshots(services.db, vps.id);
  const looks = [...(stays ? [] : computeLooks(services, vps, kept)), ...dnsLooks(services, vps, spec)];
  const patienceMs = vps.account.endpointKind === 'simulator' ? PATIENCE_MS.simulator : PATIENCE_MS.real;
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const checks = [...(await Promise.all(looks.map((look) => checkOf(look, signal)))), ...(await keptChecks(services, vps, kept, signal))];
    const clean = checks.every(({ result }) => !['found', 'unread'].includes(result));
    const settled = clean && checks.every(({ result }) => result !== 'missing');
    if (settled || signal.aborted || performance.now() + pauseMs > deadline) {
      const instance = checks.some(({ what, result }) => what.startsWith('instance') && result === 'found');
      return { clean, at: now(), checks, monthly_cost: instance ? await costOf(services, vps, spec) : null };
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function computeLooks(services: Services, vps: VpsWithAccount, kept: readonly Snapshot[]): Look[] {
  const compute = mustCompute(services, vps.account);
  const { instanceId } = vps;
  const byId: Look[] =
    instanceId === null
      ? []
      : [
          {
            what: `instance ${instanceId}`,
            find: async (signal) => ((await compute.getInstance(instanceId, { signal })) === null ? [] : [instanceId]),
          },
        ];
  const byTag: Look = {
    what: `instances tagged as ${vps.id}`,
    find: async (signal) => {
      const all = await everyItem((cursor) => compute.listInstances(cursor, { signal }));
      return all.filter(({ tags }) => tags.some((tag) => parseIdentityTag(tag)?.vpsId === vps.id)).map(({ id }) => id);
    },
  };
  const besides: Look = {
    what: `keys, firewalls, scripts and snapshots of ${vps.id}`,
    find: async (signal) => (await ownedOf(services, vps, signal)).map(({ kind, name }) => `${kind} ${name}`),
    ...(kept.length > 0 ? { none: 'the provider has none but what is kept as asked' } : {}),
  };
  return [...byId, byTag, besides];
}

/** What the account holds for this VPS besides servers, without the snapshots that a termination keeps on purpose. */
export async function ownedOf(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<OwnedObject[]> {
  const kept = new Set((await keptSnapshots(services.db, vps.id)).map(({ providerName }) => providerName));
  const compute = mustCompute(services, vps.account);
  const [all, keys] = await Promise.all([compute.listOwned({ signal }), keysNobodyNeeds(services, vps, compute.sharedKeys, signal)]);
  return [...all.filter(({ vpsId, kind, name }) => vpsId === vps.id && !(kind === 'snapshot' && kept.has(name))), ...keys];
}

/** Keys that servers share are left by each stack to the others; whoever ends last takes them along. */
async function keysNobodyNeeds(
  services: Services,
  vps: VpsWithAccount,
  sharedKeys: SharedKeyClient | undefined,
  signal: AbortSignal,
): Promise<OwnedObject[]> {
  const blobs = (spec: unknown): string[] => VpsSpec.parse(spec).sshPublicKeys.map(blobOf);
  const own = new Set(blobs(vps.spec));
  if (!sharedKeys || own.size === 0) return [];
  const shared = (await sharedKeys.list({ signal })).filter(({ publicKey }) => own.has(blobOf(publicKey)));
  if (shared.length === 0) return [];
  // Asked after the listing: an order that came since then is among them.
  const needed = new Set((await livingSpecsAt(services.db, vps.accountId, vps.id)).flatMap(blobs));
  return shared
    .filter(({ publicKey }) => !needed.has(blobOf(publicKey)))
    .map(({ id, name }) => ({ kind: 'ssh-key' as const, id, name, vpsId: vps.id }));
}

/** A public key without its comment. */
function blobOf(publicKey: string): string {
  return publicKey.trim().split(/\s+/)[1] ?? '';
}

/** Records whose comment names this VPS, with the client that can delete them. */
export async function recordsOf(services: Services, vps: VpsWithAccount, signal: AbortSignal) {
  const { dns } = VpsSpec.parse(vps.spec);
  if (!dns) return null;
  const account = await accountById(services.db, vps.dnsAccountId ?? dns.accountId);
  if (!account) throw new Error(`The DNS account of VPS ${vps.id} is gone.`);
  const client = mustDns(services, account);
  const all = await everyItem((cursor) => client.listRecords(dns.zoneId, cursor, { signal }));
  return { client, zoneId: dns.zoneId, records: all.filter(({ comment }) => comment === recordComment(vps.id)) };
}

function dnsLooks(services: Services, vps: VpsWithAccount, { dns }: VpsSpec): Look[] {
  if (!dns) return [];
  return [
    {
      what: `DNS records of ${vps.id} in ${dns.zone}`,
      find: async (signal) => ((await recordsOf(services, vps, signal))?.records ?? []).map(({ type, name }) => `${type} ${name}`),
    },
  ];
}

/** The snapshots that its end leaves there on purpose: whether they are, and what each costs. */
async function keptChecks(services: Services, vps: VpsWithAccount, rows: readonly Snapshot[], signal: AbortSignal): Promise<Check[]> {
  if (rows.length === 0) return [];
  let there: ReadonlySet<string>;
  try {
    const owned = await mustCompute(services, vps.account).listOwned({ signal });
    there = new Set(owned.filter(({ kind }) => kind === 'snapshot').map(({ name }) => name));
  } catch (error) {
    return [{ what: 'what is kept as asked', result: 'unread', detail: messageOf(error), at: now() }];
  }
  return rows.map(({ name, providerName, monthlyCost, currency }) => {
    const what = `snapshot ${name}`;
    if (!there.has(providerName))
      return { what, result: 'missing', detail: 'it should be kept, but the provider does not list it', at: now() };
    const price = monthlyCost === null || currency === null ? {} : { monthly_cost: { monthly: monthlyCost, currency } };
    return { what, result: 'kept', detail: 'kept as asked', at: now(), ...price };
  });
}

async function checkOf({ what, find, none = 'the provider has none' }: Look, signal: AbortSignal): Promise<Check> {
  try {
    const found = await find(signal);
    return { what, result: found.length === 0 ? 'gone' : 'found', detail: found.join(', ') || none, at: now() };
  } catch (error) {
    return { what, result: 'unread', detail: messageOf(error), at: now() };
  }
}

async function costOf(services: Services, vps: VpsWithAccount, spec: VpsSpec): Promise<Evidence['monthly_cost']> {
  const plans = await readCatalog(services, vps.account, 'plans').catch(() => null);
  return plans && priceOf(plans.items, spec);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const now = (): string => timeNow().toISOString();
