/** The zones of the simulated accounts, and how Cloudflare shows them. */
import { createHash } from 'node:crypto';
import type { Seed, SimZone } from '../../../simulator/cloud/zones.ts';

const MAIN = 'main';
const PENDING = 'unfinished.test';
const SEEDS = ['plinth.test', 'example-hosting.test', PENDING];

/**
 * The account that a token's zones are in. Tokens `sim-<word>` share one, as tokens of one company do, so that a token can be
 * rotated; `sim-<account>_<word>` belongs to an account of its own, which has the zone `<account>.test` besides.
 */
export const tenantOf = (token: string): string => (token.includes('_') ? token.slice(0, token.indexOf('_')) : MAIN);

/** Ids follow from names: a restarted simulator with no file still knows the zones of existing stacks. */
export function seedsOf(tenant: string): Seed[] {
  const names = tenant === MAIN ? SEEDS : [...SEEDS, `${tenant.replace(/^sim-/, '').toLowerCase()}.test`];
  return names.map((name) => ({ name, id: hexId(`zone/${tenant}/${name}`) }));
}

export const statusOf = ({ name }: SimZone): 'active' | 'pending' => (name === PENDING ? 'pending' : 'active');

export function showAccount(tenant: string): { readonly id: string; readonly name: string } {
  return { id: hexId(`account/${tenant}`), name: tenant === MAIN ? 'Simulated account' : `Simulated account ${tenant}` };
}

/** What a former release kept of a zone: its account by the name that it shows. */
export interface FormerZone {
  readonly id: string;
  readonly name: string;
  readonly account: { readonly name: string };
  readonly created_on: string;
}

export function adoptedZone({ id, name, account, created_on }: FormerZone): SimZone {
  return { id, name, account: account.name.slice(showAccount(MAIN).name.length).trim() || MAIN, createdMs: Date.parse(created_on) };
}

/** Today's shape of a zone. */
export function showZone(zone: SimZone): Record<string, unknown> {
  const status = statusOf(zone);
  const active = status === 'active';
  const created = new Date(zone.createdMs).toISOString();
  return {
    id: zone.id,
    name: zone.name,
    status,
    paused: false,
    type: 'full',
    development_mode: 0,
    name_servers: ['ada.ns.cloudflare.com', 'bob.ns.cloudflare.com'],
    original_name_servers: ['ns1.registrar.test', 'ns2.registrar.test'],
    original_registrar: null,
    original_dnshost: null,
    modified_on: created,
    created_on: created,
    activated_on: active ? created : null,
    vanity_name_servers: [],
    vanity_name_servers_ips: null,
    meta: {
      step: active ? 4 : 2,
      custom_certificate_quota: 0,
      page_rule_quota: 3,
      phishing_detected: false,
      cdn_only: false,
      dns_only: false,
      foundation_dns: false,
    },
    owner: { id: null, type: 'user', email: null },
    account: showAccount(zone.account),
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    permissions: ['#dns_records:edit', '#dns_records:read', '#zone:read'],
    plan: {
      id: '0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee',
      name: 'Free Website',
      price: 0,
      currency: 'USD',
      frequency: '',
      is_subscribed: false,
      can_subscribe: false,
      legacy_id: 'free',
      legacy_discount: false,
      externally_managed: false,
    },
  };
}

function hexId(seed: string): string {
  return createHash('sha256').update(`cloudflare/${seed}`).digest('hex').slice(0, 32);
}
