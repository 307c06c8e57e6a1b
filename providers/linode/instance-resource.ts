/** `linode:index/instance:Instance` for the provider host. */
import { identityOf } from '../identity.ts';
import type { Properties, ResourceContext, ResourceDefinition, ReadResult } from '../resource.ts';
import { linodeError, type LinodeClient } from './client.ts';
import { numericId } from './compute.ts';
import { createInstance, listByTag } from './instance-create.ts';
import { DELETE_DEADLINE_MS, deleteInstance } from './instance-delete.ts';
import { checkInstance, instanceInputs, instanceOutputs, instanceStableOutputs } from './instance-specs.ts';
import { fullOutputs, refreshedInputs } from './instance-state.ts';
import { updateInstance } from './instance-update.ts';
import { ApiInstance } from './types.ts';

export const instanceResource: ResourceDefinition<LinodeClient> = {
  token: 'linode:index/instance:Instance',
  inputs: instanceInputs,
  outputs: instanceOutputs,
  stableOutputs: instanceStableOutputs,
  // Labels are unique in an account.
  deleteBeforeReplace: true,
  timeoutsMs: { create: 15 * 60_000, update: 60 * 60_000, delete: DELETE_DEADLINE_MS },
  check: checkInstance,
  create: createInstance,
  read: readInstance,
  update: (ctx, id, change) => updateInstance(ctx, numericId(id), change),
  delete: (ctx, id) => deleteInstance(ctx.client, numericId(id), ctx.signal),
};

async function readInstance(
  ctx: ResourceContext<LinodeClient>,
  id: string,
  state?: { inputs: Properties; outputs: Properties },
): Promise<ReadResult | null> {
  const { client, signal } = ctx;
  const number = numericId(id);
  const instance = await client.find(`/linode/instances/${number}`, ApiInstance, { signal });
  if (!instance) {
    if (state) await proveGone(ctx, number, state.inputs);
    return null;
  }
  const outputs = await fullOutputs(client, instance, state?.inputs ?? {}, signal);
  return { id, inputs: refreshedInputs(instance, outputs, state?.inputs), outputs };
}

/** A 404 that the tag listing contradicts is a fault of the API, not the end of the server. */
async function proveGone(ctx: ResourceContext<LinodeClient>, id: number, inputs: Properties): Promise<void> {
  const tags = Array.isArray(inputs.tags) ? inputs.tags.map(String) : [];
  const listed = await listByTag(ctx.client, identityOf(ctx.urn, tags).tag, ctx.signal);
  if (listed.some((instance) => instance.id === id))
    throw linodeError('malformed', `Linode answers "not found" for server ${id}, yet lists it. Nothing is changed; try again.`);
}
