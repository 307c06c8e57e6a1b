/**
 * Find-or-create of a droplet. Its identity tag is looked for before anything is bought, after an
 * answer was lost, and once more when it runs: whatever crashed or raced in between, one remains.
 */
import { isProviderError, ProviderError } from '../errors.ts';
import { identityOf } from '../identity.ts';
import { InitializationError, type Created, type Properties, type ResourceContext } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { finished } from './actions.ts';
import { dropletPath, type DigitalOceanClient } from './client.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { dropletOutputs, textList } from './droplet-state.ts';
import type { Droplet } from './schemas.ts';

/** A build takes 30 to 60 s; past this the vendor has a fault. */
const READY_DEADLINE_MS = 30 * 60_000;
/** Purchases whose answers may be lost before we stop trying. */
const PURCHASES = 2;

type Context = ResourceContext<DigitalOceanClient>;
interface Found {
  readonly droplet: Droplet;
  /** Set when this very call bought it. */
  readonly bought: boolean;
  readonly createAction?: number | undefined;
}

export async function createDroplet(ctx: Context, inputs: Properties): Promise<Created> {
  const { tag } = identityOf(ctx.urn, textList(inputs['tags']));
  const existing = await findOwn(ctx, tag);
  if (existing) ctx.log('info', `Adopted droplet ${existing.id}: it already carries the tag ${tag}.`);
  const found: Found = existing ? { droplet: existing, bought: false } : await buy(ctx, inputs, tag);
  const id = String(found.droplet.id);
  try {
    const ready = await dropletReady(ctx, id, found.createAction);
    return await settleTwins(ctx, ready, found.bought, tag, inputs);
  } catch (error) {
    if (error instanceof InitializationError) throw error;
    throw new InitializationError(id, dropletOutputs(found.droplet, inputs), [error instanceof Error ? error.message : String(error)]);
  }
}

/** Waits until the droplet is built and unlocked. Rejects when its create action failed or it vanished. */
export async function dropletReady(ctx: Context, id: string, createAction?: number): Promise<Droplet> {
  const { client, signal } = ctx;
  const now = await client.droplet(id, signal);
  if (now && isReady(now)) return now;
  ctx.progress(`waiting for droplet ${id} to be built`);
  const action =
    createAction === undefined
      ? (await client.dropletActions(id, signal)).find(({ type }) => type === 'create')
      : await client.action(createAction, signal);
  if (action) await finished(client, action, `create of droplet ${id}`, signal);
  return waitFor({
    provider: PROVIDER_ID,
    what: `droplet ${id} to become active`,
    key: `${PROVIDER_ID}/active`,
    signal,
    deadlineMs: READY_DEADLINE_MS,
    probe: async () => {
      const droplet = await client.droplet(id, signal);
      if (!droplet)
        throw new ProviderError({ provider: PROVIDER_ID, kind: 'not_found', message: `Droplet ${id} vanished while it was built.` });
      return isReady(droplet) ? droplet : undefined;
    },
  });
}

function isReady(droplet: Droplet): boolean {
  return !droplet.locked && (droplet.status === 'active' || droplet.status === 'off');
}

/** The oldest live droplet with the tag. One that is being destroyed is nobody's any more. */
async function findOwn(ctx: Context, tag: string): Promise<Droplet | undefined> {
  const own = await liveTwins(ctx, tag);
  for (const other of own.slice(1)) {
    ctx.log(
      'warning',
      `Droplet ${other.id} carries the tag ${tag} too. Plinth keeps droplet ${own[0]!.id}; look at ${other.id} and delete it.`,
    );
  }
  return own[0];
}

async function liveTwins({ client, signal }: Context, tag: string): Promise<Droplet[]> {
  const live: Droplet[] = [];
  for (const droplet of await client.dropletsByTag(tag, signal)) {
    if (droplet.status === 'archive') continue;
    if (!droplet.locked || !(await isBeingDestroyed(client, String(droplet.id), signal))) live.push(droplet);
  }
  return live;
}

async function isBeingDestroyed(client: DigitalOceanClient, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    const [newest] = await client.dropletActions(id, signal);
    return newest?.type === 'destroy' && newest.status !== 'errored';
  } catch (error) {
    if (isProviderError(error, 'not_found')) return true;
    throw error;
  }
}

async function buy(ctx: Context, inputs: Properties, tag: string): Promise<Found> {
  for (let purchase = 1; ; purchase++) {
    if (ctx.signal.aborted)
      throw new ProviderError({ provider: PROVIDER_ID, kind: 'cancelled', message: 'Cancelled before a droplet was bought.' });
    try {
      const made = await ctx.client.createDroplet(requestBody(ctx.urn, inputs, tag));
      return { ...made, bought: true };
    } catch (error) {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      ctx.log('warning', 'DigitalOcean’s answer to the create was lost; looking for the droplet before asking again.');
      const found = await lookThroughWindow(ctx, tag);
      if (found) return { droplet: found, bought: true };
      if (purchase >= PURCHASES) throw error;
    }
  }
}

/** Looks by tag until the listing must know a droplet that exists; undefined = there is none. */
async function lookThroughWindow(ctx: Context, tag: string): Promise<Droplet | undefined> {
  const end = performance.now() + ctx.client.consistencyWindowMs;
  return waitFor({
    provider: PROVIDER_ID,
    what: `a droplet tagged ${tag}`,
    key: `${PROVIDER_ID}/lost-create`,
    signal: ctx.signal,
    deadlineMs: ctx.client.consistencyWindowMs + 60_000,
    probe: async () => {
      const droplet = await findOwn(ctx, tag);
      return droplet || performance.now() >= end ? { droplet } : undefined;
    },
  }).then(({ droplet }) => droplet);
}

/**
 * By now listings know everything. If an older droplet carries the tag, a former run bought it just
 * before ours: ours is minutes old and nobody's, so it goes and the older one stays.
 */
async function settleTwins(ctx: Context, ready: Droplet, bought: boolean, tag: string, inputs: Properties): Promise<Created> {
  const oldest = bought ? (await liveTwins(ctx, tag))[0] : undefined;
  if (!oldest || oldest.id >= ready.id) return { id: String(ready.id), outputs: dropletOutputs(ready, inputs) };
  ctx.log('warning', `Droplet ${oldest.id} carries the tag ${tag} since before; adopted it and removing the new droplet ${ready.id}.`);
  await ctx.client.run({ method: 'DELETE', path: dropletPath(String(ready.id)), repeatable: true, signal: ctx.signal });
  const kept = await dropletReady(ctx, String(oldest.id));
  return { id: String(kept.id), outputs: dropletOutputs(kept, inputs) };
}

function requestBody(urn: string, inputs: Properties, tag: string): Record<string, unknown> {
  const numeric = (value: unknown): unknown => (/^\d+$/.test(String(value)) ? Number(value) : value);
  const tags = textList(inputs['tags']);
  return {
    name: inputs['name'] ?? urn.split('::').at(-1),
    size: inputs['size'],
    image: numeric(inputs['image']),
    ssh_keys: textList(inputs['sshKeys']).map(numeric),
    backups: inputs['backups'] === true,
    ipv6: inputs['ipv6'] === true,
    monitoring: inputs['monitoring'] === true,
    tags: tags.includes(tag) ? tags : [...tags, tag],
    ...optional('region', inputs['region']),
    ...optional('user_data', inputs['userData']),
    ...optional('vpc_uuid', inputs['vpcUuid']),
    ...optional('with_droplet_agent', inputs['dropletAgent']),
    ...optional('backup_policy', inputs['backups'] === true ? inputs['backupPolicy'] : undefined),
    ...(inputs['publicNetworking'] === false ? { public_networking: false } : {}),
  };
}

function optional(key: string, value: unknown): Record<string, unknown> {
  return value === undefined || value === null || value === '' ? {} : { [key]: value };
}
