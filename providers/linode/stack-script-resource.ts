/** `linode:index/stackScript:StackScript`: a start-up script for images without cloud-init. */
import { isProviderError } from '../errors.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';
import type { LinodeClient } from './client.ts';
import { numericId } from './compute.ts';
import { appears } from './jobs.ts';
import { ApiStackScript } from './types.ts';

const PATH = '/linode/stackscripts';

export const stackScriptResource: ResourceDefinition<LinodeClient> = {
  token: 'linode:index/stackScript:StackScript',
  inputs: {
    label: { type: 'string', required: true },
    script: { type: 'string', required: true },
    description: { type: 'string', required: true },
    images: { type: 'array', items: { type: 'string' }, required: true, unordered: true },
    isPublic: { type: 'boolean', default: false, replace: true },
    revNote: { type: 'string', computed: true },
  },
  outputs: {
    created: { type: 'string' },
    updated: { type: 'string' },
    deploymentsActive: { type: 'integer' },
    deploymentsTotal: { type: 'integer' },
    userGravatarId: { type: 'string' },
    username: { type: 'string' },
    userDefinedFields: { type: 'array', items: { type: 'any' } },
  },
  stableOutputs: ['created', 'username', 'userGravatarId'],
  timeoutsMs: { create: 120_000, update: 120_000, delete: 120_000 },
  async create(ctx, inputs) {
    const own = async (): Promise<ApiStackScript | undefined> => {
      const filter = { mine: true, label: inputs.label };
      const scripts = await ctx.client.list(PATH, ApiStackScript, { filter, signal: ctx.signal });
      return scripts.find((each) => each.script === inputs.script && (each.description ?? '') === inputs.description);
    };
    const post = (): Promise<ApiStackScript> => ctx.client.post(PATH, ApiStackScript, { body: body(inputs), signal: ctx.signal });
    // Scripts have no owner mark, and another stack may hold an equal one: only a lost answer adopts.
    const made = await post().catch(async (error: unknown) => {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      return (await appears(ctx.client, own, ctx.signal)) ?? post();
    });
    return { id: String(made.id), outputs: outputs(made) };
  },
  async read(ctx, id) {
    const found = await ctx.client.find(`${PATH}/${numericId(id)}`, ApiStackScript, { signal: ctx.signal });
    if (!found) return null;
    const { label, script, description, images, isPublic, revNote } = outputs(found);
    return {
      id,
      inputs: { label: label!, script: script!, description: description!, images: images!, isPublic: isPublic!, revNote: revNote! },
      outputs: outputs(found),
    };
  },
  async update(ctx, id, { inputs }) {
    return outputs(await ctx.client.put(`${PATH}/${numericId(id)}`, ApiStackScript, { body: body(inputs), signal: ctx.signal }));
  },
  delete: (ctx, id) => ctx.client.delete(`${PATH}/${numericId(id)}`, { signal: ctx.signal }),
};

function body(inputs: Properties): Properties {
  return {
    label: inputs.label!,
    script: inputs.script!,
    description: inputs.description!,
    images: inputs.images!,
    is_public: inputs.isPublic ?? false,
    ...(inputs.revNote === undefined ? {} : { rev_note: inputs.revNote }),
  };
}

function outputs(s: ApiStackScript): Properties {
  return {
    label: s.label,
    script: s.script,
    description: s.description ?? '',
    images: s.images,
    isPublic: s.is_public,
    revNote: s.rev_note ?? '',
    created: s.created,
    updated: s.updated,
    deploymentsActive: s.deployments_active,
    deploymentsTotal: s.deployments_total,
    userGravatarId: s.user_gravatar_id ?? '',
    username: s.username ?? '',
    userDefinedFields: (s.user_defined_fields ?? []).map(({ name, label }) => ({ name, label })),
  };
}
