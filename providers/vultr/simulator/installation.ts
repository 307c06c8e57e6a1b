/**
 * An installation, the first or another, is a chain of jobs:
 * accepted (pending/none, 0.0.0.0, invisible for seconds) → address → active/locked → installing → ok.
 */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { Phase, SimServer } from '../../../simulator/cloud/model.ts';
import { isWindows } from './data.ts';
import { extraOf, extraWith } from './shapes.ts';

/** Realistic milliseconds from the order on. */
const LINUX = { address: 6_000, active: 20_000, installing: 22_000, ok: 45_000 } as const;
const WINDOWS = { address: 10_000, active: 45_000, installing: 60_000, ok: 240_000 } as const;

/** 16 characters in the manner of Vultr's. */
export function makePassword(cloud: Cloud): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#{}+?=';
  const bytes = Buffer.from(cloud.world.hex(24), 'hex');
  return `a5{B${[...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')}`;
}

/** Starts an installation, which overwrites the disk: the server comes up running, with what `changes` say. */
export function install(cloud: Cloud, server: SimServer, changes: Partial<SimServer>, phase: Phase = 'rebuilding'): SimServer {
  const { jobs, world } = cloud;
  const next = cloud.change(server, { ...changes, phase, power: 'on' });
  const { told, ipv6, publicIpv4 } = extraOf(next);
  const times = isWindows(told.os_id) ? WINDOWS : LINUX;
  const address = {
    // A halt that was ordered just before does not reach the new system.
    power: 'on' as const,
    ...(next.ipv4 === '' && publicIpv4 ? { ipv4: world.allocateIpv4() } : {}),
    ...(next.ipv6 === '' && ipv6 ? { ipv6: world.allocateIpv6() } : {}),
  };
  const addressed = jobs.start(next, { command: 'address', ms: times.address, ending: { server: address } });
  const activation = { command: 'activate', ms: times.active - times.address, ending: { server: { phase: 'ready' as const } } };
  const active = jobs.start(next, { ...activation, after: addressed });
  const booted = jobs.start(next, { command: 'boot', ms: times.installing - times.active, after: active });
  const installed = jobs.start(next, { command: 'install', ms: times.ok - times.installing, after: booted, locks: false });
  return cloud.change(next, extraWith(next, { installation: installed.id }));
}
