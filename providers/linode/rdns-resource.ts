/** `linode:index/rdns:Rdns`: the reverse name of an address. The id is the address. */
import { isIP } from 'node:net';
import { isProviderError } from '../errors.ts';
import type { Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { linodeError, type LinodeClient } from './client.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { ApiAddress } from './types.ts';

const LOOKUP_DEADLINE_MS = 10 * 60_000;
type Context = ResourceContext<LinodeClient>;

export const rdnsResource: ResourceDefinition<LinodeClient> = {
  token: 'linode:index/rdns:Rdns',
  inputs: {
    address: { type: 'string', required: true, replace: true },
    rdns: { type: 'string', required: true, same: (a, b) => String(a).toLowerCase() === String(b).toLowerCase() },
    waitForAvailable: { type: 'boolean', default: false },
    timeouts: { type: 'object', additional: { type: 'string' } },
  },
  outputs: {},
  timeoutsMs: { create: 10 * 60_000, update: 10 * 60_000, delete: 120_000 },
  check: ({ address }) =>
    typeof address === 'string' && address !== '' && isIP(address) === 0
      ? [{ property: 'address', reason: `"${address}" is not an IP address; give one without prefix length.` }]
      : [],
  create: async (ctx, inputs) => ({ id: String(inputs.address), outputs: await setName(ctx, inputs) }),
  async read(ctx, id, state) {
    const found = await ctx.client.find(path(id), ApiAddress, { signal: ctx.signal });
    if (!found) return null;
    const values = { address: found.address, rdns: found.rdns ?? '', waitForAvailable: state?.inputs.waitForAvailable ?? false };
    return { id, inputs: values, outputs: values };
  },
  update: (ctx, _id, { inputs }) => setName(ctx, inputs),
  async delete(ctx, id) {
    try {
      await ctx.client.put(path(id), ApiAddress, { body: { rdns: null }, signal: ctx.signal });
    } catch (error) {
      // The address went with its server.
      if (!isProviderError(error, 'not_found')) throw error;
    }
  },
};

function path(address: string): string {
  if (isIP(address) === 0) throw linodeError('invalid', `"${address}" is not an IP address.`, { field: 'address' });
  return `/networking/ips/${encodeURIComponent(address)}`;
}

/** Linode accepts a name only when it resolves to the address already; `waitForAvailable` waits for that. */
async function setName(ctx: Context, inputs: Properties): Promise<Properties> {
  const { client, signal } = ctx;
  const address = String(inputs.address);
  const put = () => client.put(path(address), ApiAddress, { body: { rdns: inputs.rdns }, signal });
  const set =
    inputs.waitForAvailable === true
      ? await waitFor({
          provider: PROVIDER_ID,
          what: `${String(inputs.rdns)} to resolve to ${address}`,
          key: 'linode/rdns',
          signal,
          deadlineMs: LOOKUP_DEADLINE_MS,
          probe: () => put().catch(unlessUnresolved),
        })
      : await put();
  return { address, rdns: set.rdns ?? String(inputs.rdns), waitForAvailable: inputs.waitForAvailable ?? false };
}

function unlessUnresolved(error: unknown): undefined {
  if (isProviderError(error, 'invalid') && /lookup/i.test(error.message)) return undefined;
  throw error;
}
