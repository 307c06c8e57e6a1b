/** Which zone and name an order gets. */
import type { VpsCreate } from '../../contract/vps.ts';
import type { Zone } from '../../providers/provider.ts';
import type { VpsSpec } from '../../stacks/spec.ts';
import { refuseField } from '../problem.ts';
import type { Account } from '../store/database.ts';
import { optionsOf } from './account-options.ts';
import { allAccounts, providerOf } from './accounts.ts';
import { readCatalog } from './catalog.ts';
import type { Services } from './services.ts';

const DNS_TTL_S = 300;

export interface PlannedDns {
  readonly account: Account;
  readonly spec: NonNullable<VpsSpec['dns']>;
}

/**
 * `dns: {}` is enough when there is one active zone, or one account with a default zone; the name is the label below it.
 * @throws Refusal when no zone or several fit, or the name does not.
 */
export async function planDns(services: Services, compute: Account, body: Pick<VpsCreate, 'label' | 'dns'>): Promise<PlannedDns | null> {
  if (!body.dns?.enabled) return null;
  // A real name must not point at a server that does not exist, nor the reverse.
  const accounts = (await allAccounts(services)).filter(
    (account) => providerOf(services, account).dns && account.endpointKind === compute.endpointKind,
  );
  const zones = (
    await Promise.all(accounts.map(async (account) => (await usableZones(services, account)).map((zone) => ({ account, zone }))))
  ).flat();
  const { account, zone } = chooseZone(zones, body.dns.zone ?? defaultZone(accounts));
  const given = body.dns.name ?? body.label;
  const name = given === zone.name || given.endsWith(`.${zone.name}`) ? given : `${given}.${zone.name}`;
  if (name === zone.name)
    throw refuseField('dns.name', 'is the zone itself', `Use a name below it, for example ${body.label}.${zone.name}.`);
  if (name.length > 253) throw refuseField('dns.name', 'is longer than 253 characters with its zone', 'Use a shorter name.');
  const options = optionsOf(account);
  const proxied = body.dns.proxied ?? options.proxied ?? false;
  const ttl = proxied ? 1 : (options.ttl ?? DNS_TTL_S);
  const reverse = body.dns.reverse === true ? { reverse: true } : {};
  const place = { provider: account.provider, accountId: account.id, zone: zone.name, zoneId: zone.id };
  return { account, spec: { ...place, name, ttl, proxied, ...reverse } };
}

function defaultZone(accounts: readonly Account[]): string | undefined {
  const defaults = [...new Set(accounts.map((account) => optionsOf(account).defaultZone).filter(Boolean))];
  return defaults.length === 1 ? defaults[0] : undefined;
}

function chooseZone<Z extends { account: Account; zone: Zone }>(zones: readonly Z[], wanted: string | undefined): Z {
  const matching = wanted === undefined ? zones : zones.filter(({ zone }) => zone.name === wanted);
  if (matching.length === 1) return matching[0]!;
  throw refuseField(
    'dns.zone',
    matching.length === 0 ? `no DNS account has ${wanted === undefined ? 'a zone' : `the zone ${wanted}`}` : 'several zones are possible',
    zones.length === 0
      ? 'Add a DNS account, or leave dns out.'
      : `Send one of: ${[...new Set(zones.map(({ zone }) => zone.name))].join(', ')}; or set default_zone on the DNS account.`,
    422,
    'unknown_zone',
  );
}

/** A pending zone answers nobody yet, and an account may be limited to some of its zones. */
async function usableZones(services: Services, account: Account): Promise<Zone[]> {
  const { allowedZones = [] } = optionsOf(account);
  const { items } = await readCatalog(services, account, 'zones');
  return items.filter((zone) => zone.status === 'active' && (allowedZones.length === 0 || allowedZones.includes(zone.name)));
}
