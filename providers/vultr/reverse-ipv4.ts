/** `vultr:index/reverseIpv4:ReverseIpv4`: the PTR name of one address. Its id is the address; removal restores Vultr's default. */
import type { Properties, ReadResult, ResourceContext, ResourceDefinition } from '../resource.ts';
import { instancePath, orNull, type VultrClient } from './client.ts';
import { problem, whileBusy } from './instance-state.ts';
import { REVERSE_TIMEOUT_MS, reverseInputs, sameName } from './reverse-name.ts';
import { Ipv4 } from './schemas.ts';

async function find(ctx: ResourceContext<VultrClient>, instanceId: string, ip: string): Promise<Ipv4 | null> {
  const list = await orNull(ctx.client.all(`${instancePath(instanceId)}/ipv4`, 'ipv4s', Ipv4, {}, { signal: ctx.signal }));
  return list?.find((entry) => entry.ip === ip) ?? null;
}

async function create(ctx: ResourceContext<VultrClient>, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
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

async function read(
  ctx: ResourceContext<VultrClient>,
  id: string,
  state?: { inputs: Properties; outputs: Properties },
): Promise<ReadResult | null> {
  const [first, second] = id.split(',');
  const instanceId = second === undefined ? state?.inputs['instanceId'] : first;
  const ip = second ?? first ?? '';
  if (typeof instanceId !== 'string') throw problem('invalid', `Reverse name ${id} is imported as "<instance id>,<address>".`);
  const entry = await find(ctx, instanceId, ip);
  if (entry === null) return null;
  const inputs = { instanceId, ip, reverse: entry.reverse };
  return { id: ip, inputs, outputs: { ...inputs, gateway: entry.gateway, netmask: entry.netmask } };
}

export const reverseIpv4Resource: ResourceDefinition<VultrClient> = {
  token: 'vultr:index/reverseIpv4:ReverseIpv4',
  inputs: reverseInputs(),
  outputs: { gateway: { type: 'string' }, netmask: { type: 'string' } },
  // One address has one name: the next can only come after it.
  deleteBeforeReplace: true,
  timeoutsMs: { create: REVERSE_TIMEOUT_MS, update: REVERSE_TIMEOUT_MS, delete: REVERSE_TIMEOUT_MS },
  create,
  read,
  delete: async (ctx, id, outputs) => {
    const instanceId = String(outputs['instanceId']);
    const entry = await find(ctx, instanceId, id);
    if (entry === null || !sameName(entry.reverse, outputs['reverse'])) return;
    const request = {
      method: 'POST',
      path: `${instancePath(instanceId)}/ipv4/reverse/default`,
      body: { ip: id },
      repeatable: true,
    } as const;
    await whileBusy(ctx, instanceId, REVERSE_TIMEOUT_MS, () => orNull(ctx.client.send({ ...request, signal: ctx.signal })));
  },
};
