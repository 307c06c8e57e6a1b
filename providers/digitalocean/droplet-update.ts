/** Changes to a droplet in place. Each step looks first, so a run that was cut short can be run again. */
import { isProviderError } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { perform } from './actions.ts';
import type { DigitalOceanClient } from './client.ts';
import { dropletReady } from './droplet-create.ts';
import { dropletOutputs, textList } from './droplet-state.ts';
import type { Droplet } from './schemas.ts';

type Context = ResourceContext<DigitalOceanClient>;

export async function updateDroplet(
  ctx: Context,
  id: string,
  { oldInputs, oldOutputs, inputs }: { oldInputs: Properties; oldOutputs: Properties; inputs: Properties },
): Promise<Properties> {
  const droplet = await dropletReady(ctx, id);
  const ranBefore = oldOutputs['status'] === 'active';
  if (droplet.size_slug !== inputs['size']) await resize(ctx, droplet, inputs, ranBefore);
  // An earlier try may have ended between the resize and the start.
  else if (oldInputs['size'] !== inputs['size'] && ranBefore && droplet.status === 'off') await startAgain(ctx, id);
  const name = inputs['name'];
  if (typeof name === 'string' && name !== droplet.name)
    await perform(ctx.client, id, { type: 'rename', args: { name }, isDone: (now) => now.name === name, signal: ctx.signal });
  await changeBackups(ctx, id, oldInputs, inputs);
  if (inputs['ipv6'] === true)
    await perform(ctx.client, id, { type: 'enable_ipv6', isDone: (now) => now.features.includes('ipv6'), signal: ctx.signal });
  await changeTags(ctx, droplet, textList(inputs['tags']));
  return dropletOutputs(await dropletReady(ctx, id), inputs);
}

/** DigitalOcean resizes only what is off. What ran before runs again, also when the resize was refused. */
async function resize(ctx: Context, droplet: Droplet, inputs: Properties, ranBefore: boolean): Promise<void> {
  const { client, signal } = ctx;
  const id = String(droplet.id);
  const size = String(inputs['size']);
  const restart = droplet.status === 'active' || ranBefore;
  ctx.progress(`resizing droplet ${id} from ${droplet.size_slug} to ${size}`);
  await perform(client, id, { type: 'power_off', isDone: (now) => now.status === 'off', signal });
  try {
    const args = { size, disk: inputs['resizeDisk'] !== false };
    await perform(client, id, { type: 'resize', args, isDone: (now) => now.size_slug === size, signal });
  } finally {
    if (restart && !signal.aborted) await startAgain(ctx, id);
  }
}

async function startAgain({ client, signal }: Context, id: string): Promise<void> {
  await perform(client, id, { type: 'power_on', isDone: (now) => now.status === 'active', signal });
}

async function changeBackups(ctx: Context, id: string, oldInputs: Properties, inputs: Properties): Promise<void> {
  const { client, signal } = ctx;
  const policy = inputs['backupPolicy'];
  const args = policy ? { backup_policy: policy } : {};
  const isOn = (droplet: Droplet): boolean => droplet.features.includes('backups');
  if (inputs['backups'] !== true) {
    await perform(client, id, { type: 'disable_backups', isDone: (droplet) => !isOn(droplet), signal });
    return;
  }
  let wasOn = true;
  const noteState = (droplet: Droplet): boolean => (wasOn = isOn(droplet));
  await perform(client, id, { type: 'enable_backups', args, isDone: noteState, signal });
  if (wasOn && policy && JSON.stringify(policy) !== JSON.stringify(oldInputs['backupPolicy']))
    await perform(client, id, { type: 'change_backup_policy', args, signal });
}

async function changeTags(ctx: Context, droplet: Droplet, wanted: string[]): Promise<void> {
  const { client, signal, urn } = ctx;
  const target = new Set([...wanted, identityOf(urn, wanted).tag]);
  const id = String(droplet.id);
  for (const tag of target) {
    if (droplet.tags.includes(tag)) continue;
    await client.run({ method: 'POST', path: '/v2/tags', body: { name: tag }, repeatable: true, signal });
    await client.run({ method: 'POST', path: taggedPath(tag), body: taggedBody(id), repeatable: true, signal });
  }
  for (const tag of droplet.tags) if (!target.has(tag)) await detachTag(client, id, tag, signal);
}

/** A tag or droplet that is not there counts as done. */
export async function detachTag(client: DigitalOceanClient, id: string, tag: string, signal: AbortSignal): Promise<void> {
  try {
    await client.run({ method: 'DELETE', path: taggedPath(tag), body: taggedBody(id), repeatable: true, signal });
  } catch (error) {
    if (!isProviderError(error, 'not_found')) throw error;
  }
}

function taggedPath(tag: string): string {
  return `/v2/tags/${encodeURIComponent(tag)}/resources`;
}

function taggedBody(id: string) {
  return { resources: [{ resource_id: id, resource_type: 'droplet' }] };
}
