/**
 * Proof that nothing of a VPS is left: reads at the providers that rest on no stack and no cache. Only a definite
 * absence counts as gone; a read that fails proves nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Evidence } from '../../../contract/lifecycle.ts';
import { parseIdentityTag } from '../../../providers/identity.ts';
import type { OwnedObject } from '../../../providers/instance-extras.ts';
import { everyItem } from '../../../providers/pages.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { recordComment } from '../../../stacks/user-data.ts';
import { accountById } from '../../store/accounts.ts';
import { keptSnapshots } from '../../store/snapshots.ts';
import type { VpsWithAccount } from '../../store/vpses.ts';
import { mustCompute, mustDns } from '../accounts.ts';
import { readCatalog } from '../catalog.ts';
import type { Services } from '../services.ts';
import { priceOf } from './preview.ts';

/** A provider's listings may show for a while what is gone. */
const PATIENCE_MS = { real: 60_000, simulator: 2_000 } as const;
const FIRST_PAUSE_MS = 250;

type Check = Evidence['checks'][number];
type Look = { readonly what: string; readonly find: (signal: AbortSignal) => Promise<readonly string[]> };

/**
 * Reads until nothing is found or patience ends; the last reads are the evidence.
 * @param stays the server is none of this VPS's and stays
 */
export async function prove(services: Services, vps: VpsWithAccount, signal: AbortSignal, stays = false): Promise<Evidence> {
  const spec = VpsSpec.parse(vps.spec);
  const looks = [...(stays ? [] : computeLooks(services, vps)), ...dnsLooks(services, vps, spec)];
  const patienceMs = vps.account.endpointKind === 'simulator' ? PATIENCE_MS.simulator : PATIENCE_MS.real;
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const checks = await Promise.all(looks.map((look) => checkOf(look, signal)));
    const clean = checks.every(({ result }) => result === 'gone');
    if (clean || signal.aborted || performance.now() + pauseMs > deadline) {
      const instance = checks.some(({ what, result }) => what.startsWith('instance') && result === 'found');
      return { clean, at: now(), checks, monthly_cost: instance ? await costOf(services, vps, spec) : null };
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function computeLooks(services: Services, vps: VpsWithAccount): Look[] {
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
  };
  return [...byId, byTag, besides];
}

/** What the account holds for this VPS besides servers, without the snapshots that a termination keeps on purpose. */
export async function ownedOf(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<OwnedObject[]> {
  const kept = new Set((await keptSnapshots(services.db, vps.id)).map(({ providerName }) => providerName));
  const all = await mustCompute(services, vps.account).listOwned({ signal });
  return all.filter(({ vpsId, kind, name }) => vpsId === vps.id && !(kind === 'snapshot' && kept.has(name)));
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

async function checkOf({ what, find }: Look, signal: AbortSignal): Promise<Check> {
  try {
    const found = await find(signal);
    return { what, result: found.length === 0 ? 'gone' : 'found', detail: found.join(', ') || 'the provider has none', at: now() };
  } catch (error) {
    return { what, result: 'unread', detail: error instanceof Error ? error.message : String(error), at: now() };
  }
}

async function costOf(services: Services, vps: VpsWithAccount, spec: VpsSpec): Promise<Evidence['monthly_cost']> {
  const plans = await readCatalog(services, vps.account, 'plans').catch(() => null);
  return plans && priceOf(plans.items, spec);
}

const now = (): string => new Date().toISOString();
