/**
 * Whose a DNS name is. The database has one owner per name, claimed with the request and given up at a proven end; what
 * stands in the zone is asked at the request, before the work, and by the provider's own resource at the write. A refusal
 * never tells whose a name is, nor where it leads.
 */
import { parentsOf, topLabel } from '../../../stacks/names.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import { recordComment } from '../../../stacks/user-data.ts';
import { type Refusal, refuseField } from '../../kernel/problem.ts';
import type { Account, Db, Operation } from '../../kernel/database.ts';
import { claimName, dropName, keepNames, noteName, vpsesOf } from './store.ts';
import type { VpsWithAccount } from '../store.ts';
import { mustDns } from '../../accounts/accounts.ts';
import { onPlatform } from '../../kernel/can.ts';
import type { Principal, Services } from '../../kernel/services.ts';

const LOOK_TIMEOUT_MS = 30_000;
const OWN_COMMENT = /^plinth vps-([a-z0-9]+)$/;

type Dns = NonNullable<VpsSpec['dns']>;

export interface WantedName {
  readonly dns: Dns;
  /** The DNS account. */
  readonly account: Account;
  /** Whose records may stand there already. */
  readonly vpsId: string;
  /** For whom it is. */
  readonly organizationId: string;
  /** Of the request, for refusals. */
  readonly field: string;
}

/**
 * Asks the rules and the zone, before anything is bought.
 * @throws Refusal 422 `name_reserved`, 409 `dns_name_taken`
 */
export async function requireNameFree(services: Services, principal: Principal, wanted: WantedName): Promise<void> {
  const { dns, field } = wanted;
  const reserved = isReserved(services.config.reservedNames, topLabel(dns.name, dns.zone));
  if (!onPlatform(principal) && reserved)
    throw refuseField(field, `${dns.name} is reserved in this zone`, 'Choose another name.', 422, 'name_reserved');
  const taken = await takenBy(services, wanted, AbortSignal.timeout(LOOK_TIMEOUT_MS));
  if (taken === 'name') throw nameTaken(field, dns.name);
  // Who may act for all decides what stands below the zone's own names.
  if (taken === 'parent' && !onPlatform(principal)) throw parentTaken(field, dns.name);
}

/** Takes the name in the request's transaction. @throws Refusal 409 `dns_name_taken` */
export async function claimDnsName(
  tx: Db,
  { id, organizationId, account }: Pick<VpsWithAccount, 'id' | 'organizationId' | 'account'>,
  dns: Dns,
  field: string,
): Promise<void> {
  const result = await claimName(tx, {
    world: account.endpointKind,
    name: dns.name,
    vpsId: id,
    organizationId,
    parents: parentsOf(dns.name, dns.zone),
    top: `${topLabel(dns.name, dns.zone)}.${dns.zone}`,
  });
  if (result === 'name') throw nameTaken(field, dns.name);
  if (result !== 'claimed') throw parentTaken(field, dns.name);
}

/** After an operation: the VPS has these names at the provider or in its spec, and no others. */
export async function settleNames(tx: Db, vps: Pick<VpsWithAccount, 'id' | 'account'>, names: readonly string[]): Promise<void> {
  const kept = [...new Set(names)];
  await keepNames(tx, vps.id, kept);
  for (const name of kept) await noteName(tx, { world: vps.account.endpointKind, name, vpsId: vps.id });
}

/** Of a rename that never began: its name is anybody's again. */
export async function forgetWish(tx: Db, vps: Pick<VpsWithAccount, 'id' | 'spec'>, { request }: Pick<Operation, 'request'>): Promise<void> {
  const nameOf = (spec: unknown) => (spec as Partial<VpsSpec> | undefined)?.dns?.name;
  const wished = nameOf((request as { spec?: unknown }).spec);
  if (wished !== undefined && wished !== nameOf(vps.spec)) await dropName(tx, vps.id, wished);
}

/** `name`: records that are not this VPS's stand there. `parent`: ones of another organization, or of none, stand above it. */
export async function takenBy(
  services: Services,
  { dns, account, vpsId, organizationId }: Omit<WantedName, 'field'>,
  signal: AbortSignal,
): Promise<'name' | 'parent' | null> {
  const client = mustDns(services, account);
  const own = recordComment(vpsId);
  const there = await client.findRecords(dns.zoneId, dns.name, { signal });
  if (there.some(({ comment }) => comment !== own)) return 'name';
  const above = (await Promise.all(parentsOf(dns.name, dns.zone).map((name) => client.findRecords(dns.zoneId, name, { signal })))).flat();
  const owners = above.map(({ comment }) => OWN_COMMENT.exec(comment ?? '')?.[1] ?? '');
  const family = await vpsesOf(services.db, organizationId, owners);
  return owners.every((owner) => family.has(owner)) ? null : 'parent';
}

/** `www`, or with `ns*` in the list `ns`, `ns1` and `ns-2`. */
export function isReserved(list: readonly string[], label: string): boolean {
  const stem = label.replace(/-?\d+$/, '');
  return list.includes(label) || list.includes(`${stem}*`);
}

function nameTaken(field: string, name: string): Refusal {
  return refuseField(field, `${name} is in use already`, 'Choose another name.', 409, 'dns_name_taken');
}

function parentTaken(field: string, name: string): Refusal {
  return refuseField(
    field,
    `${name} is above or below a name that somebody else uses`,
    'Choose another name, best one directly below the zone.',
    409,
    'dns_name_taken',
  );
}
