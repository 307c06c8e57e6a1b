/** What the vendor's clients ask beside what Plinth does: a droplet's surroundings, backup policies, parts of firewalls, bills. */
import type { Request, Response, Router } from 'express';
import { ownDroplet } from './droplets.ts';
import { dropletShape, firewallShape } from './shapes.ts';
import { accountOf, notFound, sendPage, type Cloud, type SimDroplet, type SimFirewall } from './state.ts';

const WINDOW_HOURS = 4;
const RETENTION_DAYS: Readonly<Record<string, number>> = { daily: 7, weekly: 28 };
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const WINDOW_STARTS = [0, 4, 8, 12, 16, 20];

export function clientRoutes(router: Router, cloud: Cloud): void {
  policyRoutes(router, cloud);
  surroundings(router, cloud);
  firewallParts(router, cloud);
  // Nothing was ever billed here.
  router.get('/v2/customers/my/billing_history', (request, response) => sendPage(request, response, 'billing_history', []));
}

function policyRoutes(router: Router, cloud: Cloud): void {
  router.get('/v2/droplets/backups/supported_policies', (_request, response) => {
    const policy = (name: string): object => ({
      name,
      possible_window_starts: WINDOW_STARTS,
      window_length_hours: WINDOW_HOURS,
      retention_period_days: RETENTION_DAYS[name],
      possible_days: name === 'weekly' ? DAYS : [],
    });
    response.json({ supported_policies: ['weekly', 'daily'].map(policy) });
  });
  router.get('/v2/droplets/backups/policies', (_request, response) => {
    const own = cloud.droplets.filter((droplet) => droplet.account === accountOf(response).id && droplet.backups);
    const policies = Object.fromEntries(own.map((droplet) => [droplet.id, policyOf(cloud, droplet)]));
    response.json({ policies, links: {}, meta: { total: own.length } });
  });
  router.get('/v2/droplets/:id/backups/policy', (request, response) => {
    response.json({ policy: policyOf(cloud, ownDroplet(cloud, response, request.params.id)) });
  });
}

function policyOf(cloud: Cloud, droplet: SimDroplet): Record<string, unknown> {
  const shown = dropletShape(cloud, droplet);
  const plan = droplet.backupPolicy?.plan ?? 'weekly';
  const retention = { window_length_hours: WINDOW_HOURS, retention_period_days: RETENTION_DAYS[plan] };
  return {
    droplet_id: Number(droplet.id),
    backup_enabled: droplet.backups,
    ...(droplet.backups
      ? { backup_policy: { hour: 0, ...(plan === 'weekly' ? { weekday: 'SUN' } : {}), ...droplet.backupPolicy, plan, ...retention } }
      : {}),
    next_backup_window: shown['next_backup_window'],
  };
}

function surroundings(router: Router, cloud: Cloud): void {
  router.get('/v2/droplets/:id/firewalls', (request, response) => {
    const droplet = ownDroplet(cloud, response, request.params.id);
    const holds = ({ account, dropletIds, tags }: SimFirewall): boolean =>
      account === droplet.account && (dropletIds.includes(Number(droplet.id)) || tags.some((tag) => droplet.tags.includes(tag)));
    sendPage(request, response, 'firewalls', cloud.firewalls.filter(holds).map(firewallShape));
  });
  // Every simulated droplet is alone on its host, and boots its own kernel.
  router.get('/v2/droplets/:id/neighbors', (request, response) => {
    ownDroplet(cloud, response, request.params.id);
    response.json({ droplets: [] });
  });
  router.get('/v2/droplets/:id/kernels', (request, response) => {
    ownDroplet(cloud, response, request.params.id);
    sendPage(request, response, 'kernels', []);
  });
}

type Rules = Record<string, unknown>[];

/** A firewall's rules, droplets and tags are added and taken away one by one too. */
function firewallParts(router: Router, cloud: Cloud): void {
  const own = (request: Request, response: Response): SimFirewall => {
    const firewall = cloud.firewalls.get(String(request.params['id']));
    if (!firewall || firewall.account !== accountOf(response).id) throw notFound();
    return firewall;
  };
  const change = (
    path: string,
    apply: (firewall: SimFirewall, body: Record<string, unknown>, adds: boolean, response: Response) => Partial<SimFirewall>,
  ): void => {
    const handle =
      (adds: boolean) =>
      (request: Request, response: Response): void => {
        const firewall = own(request, response);
        cloud.firewalls.put({ ...firewall, ...apply(firewall, (request.body ?? {}) as Record<string, unknown>, adds, response) });
        response.status(204).end();
      };
    router.post(`/v2/firewalls/:id/${path}`, handle(true));
    router.delete(`/v2/firewalls/:id/${path}`, handle(false));
  };
  change('droplets', ({ dropletIds }, body, adds, response) => {
    const given = ((body['droplet_ids'] ?? []) as number[]).map(Number);
    if (adds) for (const id of given) ownDroplet(cloud, response, String(id));
    return { dropletIds: merged(dropletIds, given, adds) };
  });
  change('tags', ({ tags }, body, adds) => ({ tags: merged(tags, ((body['tags'] ?? []) as string[]).map(String), adds) }));
  change('rules', (firewall, body, adds) => ({
    inboundRules: mergedRules(firewall.inboundRules, (body['inbound_rules'] ?? []) as Rules, adds),
    outboundRules: mergedRules(firewall.outboundRules, (body['outbound_rules'] ?? []) as Rules, adds),
  }));
}

function merged<T>(held: readonly T[], given: readonly T[], adds: boolean): T[] {
  return adds ? [...new Set([...held, ...given])] : held.filter((each) => !given.includes(each));
}

/** `all` ports are kept as `0`. */
function mergedRules(held: Rules, given: Rules, adds: boolean): Rules {
  const kept = given.map((rule) => ({ ...rule, ports: rule['ports'] === 'all' || rule['ports'] === undefined ? '0' : rule['ports'] }));
  const form = (rule: Record<string, unknown>): string => JSON.stringify(Object.entries(rule).toSorted(([a], [b]) => a.localeCompare(b)));
  const named = new Set(kept.map(form));
  return [...held.filter((rule) => !named.has(form(rule))), ...(adds ? kept : [])];
}
