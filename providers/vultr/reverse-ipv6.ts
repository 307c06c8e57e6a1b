/**
 * `vultr:index/reverseIpv6:ReverseIpv6`: the PTR name of one address of the server's network. Its id is the address as the
 * program wrote it; Vultr wants it expanded and tells it short.
 */
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { Properties } from '../resource.ts';
import { instancePath, orNull } from './client.ts';
import { problem, whileBusy } from './instance-state.ts';
import { type Context, REVERSE_TIMEOUT_MS, reverseNames } from './reverse-name.ts';
import { ReverseIpv6 } from './schemas.ts';

/** All eight groups of four digits; text that is no address of a network stays as it is. */
export function expandIpv6(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address;
  // The URL parser knows every way to write one, embedded IPv4 included, and leaves at most one `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(':');
}

function reversePath(instanceId: string): string {
  return `${instancePath(instanceId)}/ipv6/reverse`;
}

async function find(ctx: Context, instanceId: string, ip: string): Promise<ReverseIpv6 | null> {
  const request = { method: 'GET', path: reversePath(instanceId), signal: ctx.signal } as const;
  const list = await orNull(ctx.client.one(request, 'reverse_ipv6s', z.array(ReverseIpv6)));
  return list?.find((entry) => expandIpv6(entry.ip) === expandIpv6(ip)) ?? null;
}

async function create(ctx: Context, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  const [instanceId, ip] = [String(inputs['instanceId']), String(inputs['ip'])];
  if (!isIPv6(ip))
    throw problem('invalid', `"${ip}" is no IPv6 address, so it can have no reverse name. Is IPv6 on for instance ${instanceId}?`);
  const body = { ip: expandIpv6(ip), reverse: inputs['reverse'] };
  const request = { method: 'POST', path: reversePath(instanceId), body, repeatable: true, signal: ctx.signal } as const;
  await whileBusy(ctx, instanceId, REVERSE_TIMEOUT_MS, () => ctx.client.send(request));
  return { id: ip, outputs: inputs };
}

async function drop(ctx: Context, instanceId: string, ip: string): Promise<void> {
  const request = { method: 'DELETE', path: `${reversePath(instanceId)}/${expandIpv6(ip)}`, repeatable: true, signal: ctx.signal } as const;
  try {
    await whileBusy(ctx, instanceId, REVERSE_TIMEOUT_MS, () => orNull(ctx.client.send(request)));
  } catch (error) {
    // The document knows no 404 here: what a second DELETE answers is not told.
    if (!isProviderError(error, 'invalid') || (await find(ctx, instanceId, ip)) !== null) throw error;
  }
}

export const reverseIpv6Resource = reverseNames<ReverseIpv6>({
  token: 'vultr:index/reverseIpv6:ReverseIpv6',
  outputs: {},
  sameAddress: (a, b) => expandIpv6(String(a ?? '')) === expandIpv6(String(b ?? '')),
  find,
  create,
  details: () => ({}),
  drop,
});
