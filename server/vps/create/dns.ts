/** Which zone and name an order gets. */
import type { VpsCreate } from '../../../contract/vps.ts';
import type { Zone } from '../../../providers/provider.ts';
import { checkedHost, longestZone, nameInZone } from '../../../stacks/names.ts';
import { hostOf } from '../../kernel/host-names.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import { onPlatform } from '../../kernel/can.ts';
import { refuseField, type Refusal } from '../../kernel/problem.ts';
import type { Account } from '../../kernel/database.ts';
import { organizationById } from '../../kernel/settings.ts';
import { optionsOf } from '../../accounts/options.ts';
import { allAccounts, providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Principal, Services } from '../../kernel/services.ts';

const DNS_TTL_S = 300;

export interface PlannedDns {
  readonly account: Account;
  readonly spec: NonNullable<VpsSpec['dns']>;
}

/** Who asks, and for which organization. */
export interface ForWhom {
  readonly principal: Pick<Principal, 'organizationId'>;
  readonly organizationId: string;
}

interface AccountZone {
  readonly account: Account;
  readonly zone: Zone;
}

/**
 * `dns: {}` is enough when there is one active zone, or one account with a default zone; the name is the label below it.
 * A name with dots chooses its zone itself.
 * @throws Refusal when no zone or several fit, or the name does not.
 */
export async function planDns(
  services: Services,
  who: ForWhom,
  compute: Pick<Account, 'endpointKind'>,
  body: Pick<VpsCreate, 'label' | 'dns'>,
): Promise<PlannedDns | null> {
  if (!body.dns?.enabled) return null;
  if (body.dns.provider_id !== undefined && !onPlatform(who.principal))
    throw refuseField('dns.provider_id', 'is chosen by the operator of Plinth', 'Leave it out.', 403, 'forbidden');
  const given = body.dns.name ?? body.label;
  const wanted = body.dns.zone === undefined ? undefined : hostOf('dns.zone', body.dns.zone);
  // Before any zone is looked for, and so for every zone.
  if (body.dns.name !== undefined && given !== '@') hostOf('dns.name', given);
  const all = await zonesFor(services, compute);
  const zones = await allowedOf(services, who, all);
  const { account, zone } = chooseZone(who, zones, wanted ?? zoneIn(given, zones) ?? defaultZone(zones), body.dns.provider_id, given);
  const named = nameInZone(given, zone.name);
  if (!named.ok) throw refuseField('dns.name', named.rule, named.remedy);
  const { name } = named;
  const deeper = longestZone(name, [...new Set(all.map((each) => each.zone.name))])!;
  if (deeper !== zone.name)
    throw refuseField('dns.name', `is in the zone ${deeper}, not in ${zone.name}`, `Send "zone": "${deeper}", or another name.`);
  const options = optionsOf(account);
  const proxied = body.dns.proxied ?? options.proxied ?? false;
  const ttl = proxied ? 1 : (options.ttl ?? DNS_TTL_S);
  const reverse = body.dns.reverse === true ? { reverse: true } : {};
  const place = { provider: account.provider, accountId: account.id, zone: zone.name, zoneId: zone.id };
  return { account, spec: { ...place, name, ttl, proxied, ...reverse } };
}

/** Active zones of the accounts in the same world: a real name must not point at a server that does not exist, nor the reverse. */
async function zonesFor(services: Services, { endpointKind }: Pick<Account, 'endpointKind'>): Promise<AccountZone[]> {
  const accounts = (await allAccounts(services)).filter(
    (account) => providerOf(services, account).dns && account.endpointKind === endpointKind,
  );
  const each = accounts.map(async (account) => (await usableZones(services, account)).map((zone) => ({ account, zone })));
  return (await Promise.all(each)).flat();
}

/** A pending zone answers nobody yet, and an account may be limited to some of its zones. */
async function usableZones(services: Services, account: Account): Promise<Zone[]> {
  const { allowedZones = [] } = optionsOf(account);
  const { items } = await readCatalog(services, account, 'zones');
  const named = items.map((zone) => ({ ...zone, name: zone.name.toLowerCase().replace(/\.$/, '') }));
  return named.filter((zone) => zone.status === 'active' && (allowedZones.length === 0 || allowedZones.includes(zone.name)));
}

/**
 * What the caller may use: everything where it acts for all, else its organization's zones. Without a list these are the
 * accounts' default zones, or the only zone there is.
 */
async function allowedOf(services: Services, { principal, organizationId }: ForWhom, all: readonly AccountZone[]): Promise<AccountZone[]> {
  if (onPlatform(principal)) return [...all];
  const listed = (await organizationById(services.db, organizationId))?.zones as string[] | null | undefined;
  if (Array.isArray(listed)) return all.filter(({ zone }) => listed.includes(zone.name));
  const defaults = all.filter(({ account, zone }) => optionsOf(account).defaultZone === zone.name);
  return defaults.length > 0 || all.length !== 1 ? defaults : [...all];
}

function zoneIn(given: string, zones: readonly AccountZone[]): string | undefined {
  const checked = checkedHost(given);
  if (!checked.ok || !checked.name.includes('.')) return undefined;
  return longestZone(
    checked.name,
    zones.map(({ zone }) => zone.name),
  );
}

function defaultZone(zones: readonly AccountZone[]): string | undefined {
  const names = [...new Set(zones.flatMap(({ account, zone }) => (optionsOf(account).defaultZone === zone.name ? [zone.name] : [])))];
  return names.length === 1 ? names[0] : undefined;
}

function chooseZone(
  { principal }: ForWhom,
  zones: readonly AccountZone[],
  wanted: string | undefined,
  accountId: string | undefined,
  given: string,
): AccountZone {
  const ofAccount = accountId === undefined ? zones : zones.filter(({ account }) => account.id === accountId);
  if (accountId !== undefined && ofAccount.length === 0)
    throw refuseField('dns.provider_id', 'no such DNS account with an active zone', 'Take an id from GET /api/admin/providers.');
  const matching = wanted === undefined ? ofAccount : ofAccount.filter(({ zone }) => zone.name === wanted);
  if (wanted !== undefined && matching.length > 1) return preferred(principal, wanted, matching);
  // A name with dots and no zone of its own would go below a zone that nobody named.
  if (wanted === undefined && given.includes('.')) throw noZone(principal, 'dns.name', 'is in no zone that can be used', zones);
  if (matching.length === 1) return matching[0]!;
  const none = `no DNS account has ${wanted === undefined ? 'a zone' : `the zone ${wanted}`} that can be used`;
  throw noZone(principal, 'dns.zone', matching.length === 0 ? none : 'several zones are possible', zones);
}

/** Of accounts that hold a zone of one name, the one whose default it is, or that is the default itself. */
function preferred(principal: ForWhom['principal'], zone: string, matching: readonly AccountZone[]): AccountZone {
  for (const isFirst of [
    (account: Account) => optionsOf(account).defaultZone === zone,
    (account: Account) => optionsOf(account).default === true,
  ]) {
    const found = matching.filter(({ account }) => isFirst(account));
    if (found.length === 1) return found[0]!;
  }
  const accounts = matching.map(({ account }) => `${account.id} (${account.name})`).join(', ');
  const remedy = onPlatform(principal)
    ? `Send dns.provider_id, one of: ${accounts}; or set default_zone on one of them.`
    : 'Choose another zone, or ask the operator of Plinth to set a default.';
  throw refuseField('dns.zone', `several accounts have the zone ${zone}`, remedy, 422, 'ambiguous_zone');
}

function noZone(principal: ForWhom['principal'], field: string, rule: string, zones: readonly AccountZone[]): Refusal {
  const names = [...new Set(zones.map(({ zone }) => zone.name))];
  const seller = onPlatform(principal);
  const none = seller ? 'Add a DNS account, or leave dns out.' : 'Leave dns out, or ask the operator of Plinth for a zone.';
  const some = `Use one of: ${names.join(', ')}${seller ? '; or set default_zone on the DNS account' : ''}.`;
  return refuseField(field, rule, names.length === 0 ? none : some, 422, 'unknown_zone');
}
