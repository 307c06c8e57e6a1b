/** Routes that tell more about a server: traffic, upgrades, schedules, addresses and their names, networks. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { trafficOf } from '../../../simulator/cloud/metrics.ts';
import { Refusal, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { expandIpv6 } from '../ipv6.ts';
import { APPLICATIONS, SYSTEMS } from './data.ts';
import { scheduleBackups } from './images.ts';
import { upgradesOf } from './instances.ts';
import { extraOf, extraWith, gatewayOf, networkOf } from './shapes.ts';
import { invalid, page, textOf } from './words.ts';

const DAY_MS = 86_400_000;

export function mountDetails(wire: Wire, cloud: Cloud): void {
  const find = (call: Call): SimServer => cloud.server(call.account.id, call.param('id'));
  wire.on('get /v2/instances/:id/bandwidth', (call) => ({ bandwidth: bandwidthOf(find(call), cloud.world.now()) }));
  wire.on('get /v2/instances/:id/upgrades', (call) => {
    const plans = upgradesOf(cloud, find(call)).map(({ id }) => id);
    return { upgrades: call.query('type') === 'plans' ? { plans } : { applications: APPLICATIONS, os: SYSTEMS, plans } };
  });
  wire.on('get /v2/instances/:id/user-data', (call) => ({ user_data: { data: extraOf(find(call)).userData } }));
  wire.on('get /v2/instances/:id/backup-schedule', (call) => {
    const server = find(call);
    const { schedule } = extraOf(server);
    const next = `${dayOf(cloud.world.now() + DAY_MS)} ${String(schedule.hour).padStart(2, '0')}:00:00`;
    return { backup_schedule: { enabled: server.backups, next_scheduled_time_utc: next, ...schedule } };
  });
  wire.on('post /v2/instances/:id/backup-schedule', (call) => {
    const server = find(call);
    const now = extraOf(server).schedule;
    const number = (key: 'hour' | 'dow' | 'dom'): number => Number(call.body[key] ?? now[key]);
    const schedule = { type: textOf(call, 'type') || 'daily', hour: number('hour'), dow: number('dow'), dom: number('dom') };
    const next = cloud.change(server, extraWith(server, { schedule }));
    if (next.backups) scheduleBackups(cloud, next);
    return {};
  });
  wire.on('get /v2/instances/:id/vpcs', (call) => {
    const { vpcs } = extraOf(find(call));
    return page(call, 'vpcs', vpcs, (id) => ({ id, mac_address: '5a:02:00:00:00:00', ip_address: '10.1.96.3' }));
  });
  // Withdrawn by Vultr in July 2026; the flag brings the old answer back.
  wire.on('get /v2/instances/:id/vpc2', (call) => {
    if (!cloud.world.hasFlag('vpc2-alive', find(call).id)) throw new Refusal('not_found', 'Not found.');
    return { vpcs: [], meta: { total: 0, links: { next: '', prev: '' } } };
  });
  mountAddresses(wire, cloud, find);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** For every day since the creation, at most a month. */
function bandwidthOf(server: SimServer, now: number): Record<string, object> {
  const days: Record<string, object> = {};
  const first = Math.max(server.createdMs, now - 30 * DAY_MS);
  for (let from = first - (first % DAY_MS); from <= now; from += DAY_MS) {
    const { incoming, outgoing } = trafficOf(server, from, Math.min(from + DAY_MS, now));
    days[dayOf(from)] = { incoming_bytes: incoming, outgoing_bytes: outgoing };
  }
  return days;
}

function mountAddresses(wire: Wire, cloud: Cloud, find: (call: Call) => SimServer): void {
  wire.on('get /v2/instances/:id/ipv4', (call) => {
    const server = find(call);
    const { ipv4: ip } = server;
    const reverse = server.reverse[ip] || `${ip}.vultrusercontent.com`;
    const main = { ip, netmask: '255.255.254.0', gateway: gatewayOf(server), type: 'main_ip', reverse };
    return page(call, 'ipv4s', ip === '' ? [] : [main]);
  });
  wire.on('get /v2/instances/:id/ipv6', (call) => {
    const server = find(call);
    const main = { ip: server.ipv6, network: networkOf(server), network_size: 64, type: 'main_ip' };
    return page(call, 'ipv6s', server.ipv6 === '' ? [] : [main]);
  });
  const nameIpv4 = (call: Call, name: string): void => {
    const server = find(call);
    if (call.body['ip'] !== server.ipv4) throw invalid('Invalid IP address.');
    cloud.change(server, { reverse: { ...server.reverse, [server.ipv4]: name } });
  };
  wire.gone('post /v2/instances/:id/ipv4/reverse', (call) => nameIpv4(call, textOf(call, 'reverse')));
  wire.gone('post /v2/instances/:id/ipv4/reverse/default', (call) => nameIpv4(call, ''));
  mountReverseIpv6(wire, cloud, find);
}

/** Addresses are taken only "in full, expanded format", and told so. */
function mountReverseIpv6(wire: Wire, cloud: Cloud, find: (call: Call) => SimServer): void {
  const shortOf = (server: SimServer, address: string): string => {
    if (!/^[0-9a-f]{4}(:[0-9a-f]{4}){7}$/i.test(address)) throw invalid('Invalid IPv6 address: it must be in full, expanded format.');
    const ip = new URL(`http://[${address}]`).hostname.slice(1, -1);
    if (server.ipv6 === '' || !ip.startsWith(networkOf(server).slice(0, -1)))
      throw invalid('Invalid IPv6 address: it is not of this server.');
    return ip;
  };
  wire.on('get /v2/instances/:id/ipv6/reverse', (call) => {
    const names = Object.entries(find(call).reverse).filter(([ip]) => ip.includes(':'));
    return { reverse_ipv6s: names.map(([ip, reverse]) => ({ ip: expandIpv6(ip), reverse })) };
  });
  wire.gone('post /v2/instances/:id/ipv6/reverse', (call) => {
    const server = find(call);
    const ip = shortOf(server, textOf(call, 'ip'));
    const reverse = textOf(call, 'reverse');
    if (!/^[a-z0-9.-]+\.[a-z0-9-]+\.?$/i.test(reverse)) throw invalid('Invalid reverse DNS entry.');
    cloud.change(server, { reverse: { ...server.reverse, [ip]: reverse } });
  });
  wire.gone('delete /v2/instances/:id/ipv6/reverse/:ip', (call) => {
    const server = find(call);
    const { [shortOf(server, call.param('ip'))]: gone, ...others } = server.reverse;
    if (gone === undefined) throw invalid('Invalid reverse DNS entry.');
    cloud.change(server, { reverse: others });
  });
}
