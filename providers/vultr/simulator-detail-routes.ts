/** Routes that tell more about an instance: traffic, upgrades, schedules, addresses, networks. */
import type { Request, Response, Router } from 'express';
import type { SimWorld } from '../simulation.ts';
import { APPLICATIONS, SYSTEMS } from './simulator-data.ts';
import { Refusal, bodyOf, page, route, textOf, vultrDate } from './simulator-http.ts';
import { instancesOf, upgradesOf, type SimInstance } from './simulator-instances.ts';

type Find = (request: Request, response: Response) => SimInstance;

export function mountDetails(router: Router, world: SimWorld, find: Find): void {
  router.get(
    '/v2/instances/:id/bandwidth',
    route((request, response) => [200, { bandwidth: bandwidthOf(world, find(request, response)) }]),
  );
  router.get(
    '/v2/instances/:id/upgrades',
    route((request, response) => {
      const plans = upgradesOf(world, find(request, response)).map((plan) => plan.id);
      return [200, { upgrades: request.query['type'] === 'plans' ? { plans } : { applications: APPLICATIONS, os: SYSTEMS, plans } }];
    }),
  );
  router.get(
    '/v2/instances/:id/user-data',
    route((request, response) => [200, { user_data: { data: find(request, response).userData } }]),
  );
  router.get(
    '/v2/instances/:id/backup-schedule',
    route((request, response) => {
      const { backups, schedule } = find(request, response);
      const next = `${new Date(world.now() + 86_400_000).toISOString().slice(0, 10)} ${String(schedule.hour).padStart(2, '0')}:00:00`;
      return [200, { backup_schedule: { enabled: backups, next_scheduled_time_utc: next, ...schedule } }];
    }),
  );
  router.post(
    '/v2/instances/:id/backup-schedule',
    route((request, response) => {
      const instance = find(request, response);
      const body = bodyOf(request);
      const number = (key: 'hour' | 'dow' | 'dom'): number => Number(body[key] ?? instance.schedule[key]);
      const schedule = { type: textOf(body['type']) || 'daily', hour: number('hour'), dow: number('dow'), dom: number('dom') };
      instancesOf(world).put({ ...instance, schedule });
      return [200, {}];
    }),
  );
}

function ipv4sOf(instance: SimInstance): unknown[] {
  if (instance.mainIp === '') return [];
  const reverse = instance.reverse || `${instance.mainIp}.vultrusercontent.com`;
  const gateway = instance.mainIp.replace(/\d+$/, '1');
  return [{ ip: instance.mainIp, netmask: '255.255.254.0', gateway, type: 'main_ip', reverse }];
}

/** Steady made-up traffic for every day since the creation, at most a month. */
function bandwidthOf(world: SimWorld, instance: SimInstance): Record<string, unknown> {
  const days: Record<string, unknown> = {};
  const first = Math.max(instance.createdMs, world.now() - 30 * 86_400_000);
  for (let at = first; vultrDate(at).slice(0, 10) <= vultrDate(world.now()).slice(0, 10); at += 86_400_000) {
    const date = vultrDate(at).slice(0, 10);
    const seed = [...`${instance.id}${date}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, 7);
    days[date] = { incoming_bytes: 10_000_000 + seed * 211, outgoing_bytes: 20_000_000 + seed * 877 };
  }
  return days;
}

export function mountAddresses(router: Router, world: SimWorld, find: Find): void {
  const emptyVpcs = { vpcs: [], meta: { total: 0, links: { next: '', prev: '' } } };
  router.get(
    '/v2/instances/:id/ipv4',
    route((request, response) => page(request, 'ipv4s', ipv4sOf(find(request, response)))),
  );
  router.get(
    '/v2/instances/:id/ipv6',
    route((request, response) => {
      const { mainIpv6: ip } = find(request, response);
      const network = `${ip.split(':').slice(0, 4).join(':')}::`;
      return page(request, 'ipv6s', ip === '' ? [] : [{ ip, network, network_size: 64, type: 'main_ip' }]);
    }),
  );
  const reverse = (name: (body: Record<string, unknown>) => string) =>
    route((request, response) => {
      const instance = find(request, response);
      const body = bodyOf(request);
      if (body['ip'] !== instance.mainIp) throw new Refusal(400, 'Invalid IP address.');
      instancesOf(world).put({ ...instance, reverse: name(body) });
      return [204];
    });
  router.post(
    '/v2/instances/:id/ipv4/reverse',
    reverse((body) => textOf(body['reverse'])),
  );
  router.post(
    '/v2/instances/:id/ipv4/reverse/default',
    reverse(() => ''),
  );
  router.get(
    '/v2/instances/:id/vpcs',
    route((request, response) => {
      return page(
        request,
        'vpcs',
        find(request, response).vpcs.map((id) => ({ id, mac_address: '5a:02:00:00:00:00', ip_address: '10.1.96.3' })),
      );
    }),
  );
  // Withdrawn by Vultr in July 2026; the flag brings the old answer back.
  router.get(
    '/v2/instances/:id/vpc2',
    route((request, response) => {
      const instance = find(request, response);
      if (!world.hasFlag('vpc2-alive', instance.id)) throw new Refusal(404, 'Not found.');
      return [200, emptyVpcs];
    }),
  );
}
