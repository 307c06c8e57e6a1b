/** `linode:index/sshKey:SshKey`: a public key in the token owner's profile. */
import { isProviderError } from '../errors.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';
import type { LinodeClient } from './client.ts';
import { numericId } from './compute.ts';
import { appears } from './jobs.ts';
import { ApiSshKey } from './types.ts';

const PATH = '/profile/sshkeys';
const trimmed = (value: unknown): string => String(value ?? '').trim();

export const sshKeyResource: ResourceDefinition<LinodeClient> = {
  token: 'linode:index/sshKey:SshKey',
  inputs: {
    label: { type: 'string', required: true },
    // Linode strips the line end that files have.
    sshKey: { type: 'string', required: true, replace: true, same: (a, b) => trimmed(a) === trimmed(b) },
  },
  outputs: { created: { type: 'string' } },
  stableOutputs: ['created'],
  timeoutsMs: { create: 120_000, update: 120_000, delete: 120_000 },
  async create(ctx, inputs) {
    // Keys carry no tags and labels may repeat: label and key together are the identity.
    const own = async (): Promise<ApiSshKey | undefined> => {
      const keys = await ctx.client.list(PATH, ApiSshKey, { signal: ctx.signal });
      return keys.find((key) => key.label === inputs.label && trimmed(key.ssh_key) === trimmed(inputs.sshKey));
    };
    const post = (): Promise<ApiSshKey> =>
      ctx.client.post(PATH, ApiSshKey, { body: { label: inputs.label, ssh_key: trimmed(inputs.sshKey) }, signal: ctx.signal });
    const found = await own();
    const key =
      found ??
      (await post().catch(async (error: unknown) => {
        if (!isProviderError(error, 'unknown_outcome')) throw error;
        return (await appears(ctx.client, own, ctx.signal)) ?? post();
      }));
    return { id: String(key.id), outputs: outputs(key, inputs) };
  },
  async read(ctx, id, state) {
    const key = await ctx.client.find(`${PATH}/${numericId(id)}`, ApiSshKey, { signal: ctx.signal });
    if (!key) return null;
    const inputs = { label: key.label, sshKey: sameKey(key, state?.inputs) };
    return { id, inputs, outputs: outputs(key, inputs) };
  },
  async update(ctx, id, { inputs }) {
    const key = await ctx.client.put(`${PATH}/${numericId(id)}`, ApiSshKey, { body: { label: inputs.label }, signal: ctx.signal });
    return outputs(key, inputs);
  },
  delete: (ctx, id) => ctx.client.delete(`${PATH}/${numericId(id)}`, { signal: ctx.signal }),
};

function sameKey(key: ApiSshKey, inputs: Properties | undefined): string {
  return trimmed(inputs?.sshKey) === trimmed(key.ssh_key) ? String(inputs?.sshKey) : key.ssh_key;
}

function outputs(key: ApiSshKey, inputs: Properties): Properties {
  return { label: key.label, sshKey: inputs.sshKey ?? key.ssh_key, created: key.created };
}
