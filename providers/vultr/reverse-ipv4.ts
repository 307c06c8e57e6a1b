/** `vultr:index/reverseIpv4:ReverseIpv4`: the PTR name of one address. Its id is the address; removal restores Vultr's default. */
import type { Properties } from '../resource.ts';
import { instancePath, orNull } from './client.ts';
import { problem, whileBusy } from './instance-state.ts';
import { type Context, REVERSE_TIMEOUT_MS, reverseNames } from './reverse-name.ts';
import { Ipv4 } from './schemas.ts';

async function find(ctx: Context, instanceId: string, ip: string): Promise<Ipv4 | null> {
  const list = await orNull(ctx.client.all(`${instancePath(instanceId)}/ipv4`, 'ipv4s', Ipv4, {}, { signal: ctx.signal }));
  return list?.find((entry) => entry.ip === ip) ?? null;
}

async function create(ctx: Context, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  const [instanceId, ip] = [String(inputs['instanceId']), String(inputs['ip'])];
  const path = `${instancePath(instanceId)}/ipv4/reverse`;
  const body = { ip, reverse: inputs['reverse'] };
  await whileBusy(ctx, instanceId, REVERSE_TIMEOUT_MS, () =>
    ctx.client.send({ method: 'POST', path, body, repeatable: true, signal: ctx.signal }),
  );
  const entry = await find(ctx, instanceId, ip);
  if (entry === null) throw problem('not_found', `Address ${ip} is not one of instance ${instanceId}.`);
  return { id: ip, outputs: { ...inputs, gateway: entry.gateway, netmask: entry.netmask } };
}

export const reverseIpv4Resource = reverseNames<Ipv4>({
  token: 'vultr:index/reverseIpv4:ReverseIpv4',
  outputs: { gateway: { type: 'string' }, netmask: { type: 'string' } },
  find,
  create,
  details: ({ gateway, netmask }) => ({ gateway, netmask }),
  drop: async (ctx, instanceId, ip) => {
    const path = `${instancePath(instanceId)}/ipv4/reverse/default`;
    const request = { method: 'POST', path, body: { ip }, repeatable: true, signal: ctx.signal } as const;
    await whileBusy(ctx, instanceId, REVERSE_TIMEOUT_MS, () => orNull(ctx.client.send(request)));
  },
});
