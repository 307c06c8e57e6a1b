/** The zones of the simulated accounts. */
import { createHash } from 'node:crypto';
import type { SimWorld } from '../../simulation.ts';

export interface SimZone {
  id: string;
  name: string;
  status: 'active' | 'pending';
  account: { id: string; name: string };
  created_on: string;
}

const SEEDS = [
  { name: 'plinth.test', status: 'active' },
  { name: 'example-hosting.test', status: 'active' },
  { name: 'unfinished.test', status: 'pending' },
] as const;

/**
 * The zones a token sees, made at its first look. Tokens `sim-<word>` share one account, as tokens of one
 * company do, so that a token can be rotated; `sim-<account>_<word>` belongs to an account of its own, which has the
 * zone `<account>.test` besides.
 */
export function zonesOf(world: SimWorld, token: string): SimZone[] {
  const tenant = token.includes('_') ? token.slice(0, token.indexOf('_')) : 'main';
  const zones = world.collection<SimZone>('zones');
  const account = { id: hexId(`account/${tenant}`), name: tenant === 'main' ? 'Simulated account' : `Simulated account ${tenant}` };
  const own = zones.filter((zone) => zone.account.id === account.id);
  if (own.length > 0) return own;
  const created_on = new Date(world.now()).toISOString();
  // Ids follow from names: a restarted simulator with no file still knows the zones of existing stacks.
  const seeds =
    tenant === 'main' ? SEEDS : [...SEEDS, { name: `${tenant.replace(/^sim-/, '').toLowerCase()}.test`, status: 'active' as const }];
  return seeds.map(({ name, status }) => zones.put({ id: hexId(`zone/${tenant}/${name}`), name, status, account, created_on }));
}

/** Today's shape of a zone. */
export function zoneView(zone: SimZone): Record<string, unknown> {
  const active = zone.status === 'active';
  return {
    id: zone.id,
    name: zone.name,
    status: zone.status,
    paused: false,
    type: 'full',
    development_mode: 0,
    name_servers: ['ada.ns.cloudflare.com', 'bob.ns.cloudflare.com'],
    original_name_servers: ['ns1.registrar.test', 'ns2.registrar.test'],
    original_registrar: null,
    original_dnshost: null,
    modified_on: zone.created_on,
    created_on: zone.created_on,
    activated_on: active ? zone.created_on : null,
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
    account: zone.account,
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
