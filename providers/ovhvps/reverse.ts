/** `ovhvps:index/reverse:Reverse`: the reverse name of one address of a VPS. */
import { isProviderError } from '../errors.ts';
import { text } from '../kit/object.ts';
import { part, type Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { machines } from './machine.ts';
import type { Machine } from './rest.ts';

/** OVH takes a reverse name only when the name leads to the address, which resolvers may learn late. */
const RESOLVES_MS = 5 * 60_000;
const bare = (name: string | null | undefined): string => (name ?? '').replace(/\.$/, '').toLowerCase();
const held = ({ addresses }: Machine, address: string): string => bare(addresses.find((each) => each.ipAddress === address)?.reverse);

async function point(call: Call, { service, address, domain }: Properties): Promise<Properties> {
  const [name, ip, wanted] = [String(service), String(address), bare(String(domain))];
  const path = `/vps/${part(name)}/ips/${part(ip)}`;
  await waitFor({
    provider: 'ovhvps',
    what: `the reverse name of ${ip}`,
    key: 'ovhvps/reverse',
    signal: call.signal,
    deadlineMs: RESOLVES_MS,
    probe: async () => {
      if (held(await machines.must(call, name), ip) === wanted) return true;
      const ask = { method: 'PUT', path, body: { reverse: `${wanted}.` }, repeatable: true, signal: call.signal } as const;
      await call.client.send(ask).catch((error: unknown) => {
        if (!isProviderError(error, 'invalid', 'conflict')) throw error;
      });
      return undefined;
    },
  });
  return { service: service!, address: address!, domain: domain! };
}

export const reverse: ResourceDefinition<Rest> = {
  token: 'ovhvps:index/reverse:Reverse',
  inputs: {
    service: { ...text, required: true, replace: true },
    address: { ...text, required: true, replace: true },
    domain: { ...text, required: true },
  },
  outputs: {},
  timeoutsMs: { create: 2 * RESOLVES_MS, update: 2 * RESOLVES_MS, delete: RESOLVES_MS },
  create: async (ctx, inputs) => ({ id: `${String(inputs['service'])}/${String(inputs['address'])}`, outputs: await point(ctx, inputs) }),
  async read(ctx, id, state) {
    const [service = '', address = ''] = id.split('/');
    const machine = await machines.get(ctx, service);
    const domain = machine && held(machine, address);
    if (!domain) return null;
    const told = { ...state?.inputs, service, address, domain };
    return { id, inputs: told, outputs: told };
  },
  update: (ctx, _, { inputs }) => point(ctx, inputs),
  async delete(ctx, _, { service, address, domain }) {
    const machine = await machines.get(ctx, String(service));
    // Somebody else's by now stays, and what ends takes its own along.
    if (!machine || held(machine, String(address)) !== bare(String(domain))) return;
    const path = `/vps/${part(String(service))}/ips/${part(String(address))}`;
    await ctx.client.send({ method: 'PUT', path, body: { reverse: null }, repeatable: true, signal: ctx.signal });
  },
};
