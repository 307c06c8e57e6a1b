/** Routes that tell more about an instance: traffic, upgrades, schedules, addresses, networks. */
import type { Router } from 'express';
import type { SimWorld } from '../simulation.ts';
import { expandIpv6 } from './ipv6.ts';
import { APPLICATIONS, SYSTEMS } from './simulator-data.ts';
import { Refusal, bodyOf, page, route, textOf, vultrDate } from './simulator-http.ts';
import { scheduleBackups } from './simulator-images.ts';
import { instancesOf, upgradesOf, type FindInstance, type SimInstance } from './simulator-instances.ts';

export function mountDetails(router: Router, world: SimWorld, find: FindInstance): void {
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
      const next = instancesOf(world).put({ ...instance, schedule });
      if (next.backups) scheduleBackups(world, next);
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

export function mountAddresses(router: Router, world: SimWorld, find: FindInstance): void {
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
  mountReverseIpv6(router, world, find);
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

interface ReverseName {
  /** `<instance>/<address in short>`. */
  id: string;
  instance: string;
  ip: string;
  reverse: string;
}

function reverseNamesOf(world: SimWorld, instance: string): ReverseName[] {
  return world.collection<ReverseName>('reverse-ipv6').filter((name) => name.instance === instance);
}

export function dropReverseNames(world: SimWorld, instance: string): void {
  for (const name of reverseNamesOf(world, instance)) world.collection<ReverseName>('reverse-ipv6').delete(name.id);
}

/** Addresses are taken only "in full, expanded format", and told so. */
function mountReverseIpv6(router: Router, world: SimWorld, find: FindInstance): void {
  const names = world.collection<ReverseName>('reverse-ipv6');
  const shortOf = (instance: SimInstance, address: string): string => {
    if (!/^[0-9a-f]{4}(:[0-9a-f]{4}){7}$/i.test(address))
      throw new Refusal(400, 'Invalid IPv6 address: it must be in full, expanded format.');
    const ip = new URL(`http://[${address}]`).hostname.slice(1, -1);
    const network = instance.mainIpv6.split(':').slice(0, 4).join(':');
    if (instance.mainIpv6 === '' || !ip.startsWith(`${network}:`))
      throw new Refusal(400, 'Invalid IPv6 address: it is not of this server.');
    return ip;
  };
  router.get(
    '/v2/instances/:id/ipv6/reverse',
    route((request, response) => {
      const own = reverseNamesOf(world, find(request, response).id);
      return [200, { reverse_ipv6s: own.map(({ ip, reverse }) => ({ ip: expandIpv6(ip), reverse })) }];
    }),
  );
  router.post(
    '/v2/instances/:id/ipv6/reverse',
    route((request, response) => {
      const instance = find(request, response);
      const body = bodyOf(request);
      const ip = shortOf(instance, textOf(body['ip']));
      const reverse = textOf(body['reverse']);
      if (!/^[a-z0-9.-]+\.[a-z0-9-]+\.?$/i.test(reverse)) throw new Refusal(400, 'Invalid reverse DNS entry.');
      names.put({ id: `${instance.id}/${ip}`, instance: instance.id, ip, reverse });
      return [204];
    }),
  );
  router.delete(
    '/v2/instances/:id/ipv6/reverse/:ip',
    route((request, response) => {
      const instance = find(request, response);
      const ip = shortOf(instance, String(request.params['ip']));
      if (!names.delete(`${instance.id}/${ip}`)) throw new Refusal(400, 'Invalid reverse DNS entry.');
      return [204];
    }),
  );
}
