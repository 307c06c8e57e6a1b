/** `digitalocean:index/droplet:Droplet`: property names, defaults and replace rules are the vendor's. */
import { isProviderError, ProviderError } from '../errors.ts';
import { identityOf } from '../identity.ts';
import type { CheckFailure, Json, Properties, PropertySpec, ReadResult, ResourceContext, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { perform, unlocked } from './actions.ts';
import { dropletPath, type DigitalOceanClient } from './client.ts';
import { descriptor, PROVIDER_ID } from './descriptor.ts';
import { createDroplet } from './droplet-create.ts';
import { dropletInputs, dropletOutputs, textList } from './droplet-state.ts';
import { updateDroplet } from './droplet-update.ts';
import type { Droplet } from './schemas.ts';

type Context = ResourceContext<DigitalOceanClient>;

const DELETE_DEADLINE_MS = 10 * 60_000;
const SHUTDOWN_PATIENCE_MS = 60_000;

const text: PropertySpec = { type: 'string' };
const flag: PropertySpec = { type: 'boolean' };
const whole: PropertySpec = { type: 'integer' };
const texts: PropertySpec = { type: 'array', items: text, unordered: true };

const inputs: Readonly<Record<string, PropertySpec>> = {
  image: { ...text, required: true, replace: true },
  size: { ...text, required: true },
  region: { ...text, replace: true, computed: true },
  name: { ...text, computed: true },
  backups: { ...flag, default: false },
  backupPolicy: {
    type: 'object',
    properties: { plan: { ...text, oneOf: ['daily', 'weekly'] }, weekday: text, hour: whole },
  },
  dropletAgent: { ...flag, replace: true },
  gpuPartitionMode: { ...text, replace: true },
  gracefulShutdown: { ...flag, default: false },
  ipv6: { ...flag, default: false },
  ipv6Address: { ...text, computed: true },
  monitoring: { ...flag, default: false, replace: true },
  privateNetworking: { ...flag, computed: true, deprecated: 'Every droplet is in a VPC network.' },
  publicNetworking: { ...flag, default: true, replace: true },
  resizeDisk: { ...flag, default: true },
  sshKeys: { ...texts, replace: true },
  tags: texts,
  userData: { ...text, replace: true },
  volumeIds: { ...texts, computed: true },
  vpcUuid: { ...text, replace: true, computed: true },
};

const outputs: Readonly<Record<string, PropertySpec>> = {
  createdAt: text,
  disk: whole,
  dropletUrn: text,
  ipv4Address: text,
  ipv4AddressPrivate: text,
  ipv6Address: text,
  locked: flag,
  memory: whole,
  name: text,
  priceHourly: { type: 'number' },
  priceMonthly: { type: 'number' },
  privateNetworking: flag,
  region: text,
  status: text,
  vcpus: whole,
  volumeIds: texts,
  vpcUuid: text,
};

export const droplet: ResourceDefinition<DigitalOceanClient> = {
  token: 'digitalocean:index/droplet:Droplet',
  inputs,
  outputs,
  stableOutputs: ['createdAt', 'dropletUrn', 'ipv4Address', 'ipv4AddressPrivate', 'region', 'vpcUuid', 'privateNetworking', 'volumeIds'],
  timeoutsMs: { create: 30 * 60_000, update: 60 * 60_000, delete: 15 * 60_000 },
  check,
  // IPv6 can be switched on later, never off.
  replaceOn: (oldInputs, newInputs) => (oldInputs['ipv6'] === true && newInputs['ipv6'] === false ? ['ipv6'] : []),
  create: createDroplet,
  read,
  update: updateDroplet,
  delete: remove,
};

function check(properties: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const { name, userData, volumeIds } = properties;
  const { labelPattern, labelMaxLength, userDataBytes } = descriptor.limits;
  if (typeof name === 'string' && (name.length > labelMaxLength || !labelPattern.test(name)))
    failures.push({ property: 'name', reason: `"${name}" is no host name: use letters, digits, "." and "-", up to ${labelMaxLength}.` });
  if (typeof userData === 'string' && Buffer.byteLength(userData) > userDataBytes)
    failures.push({
      property: 'userData',
      reason: `user data has ${Buffer.byteLength(userData)} bytes; DigitalOcean takes ${userDataBytes}. Shorten it.`,
    });
  if (Array.isArray(volumeIds) && volumeIds.length > 0)
    failures.push({ property: 'volumeIds', reason: 'Plinth does not attach volumes; attach them with the vendor’s VolumeAttachment.' });
  return failures;
}

/** Gone only when the item answers 404 and, through the consistency window, its tag's listing does not have it either. */
async function read(ctx: Context, id: string, state?: { inputs: Properties; outputs: Properties }): Promise<ReadResult | null> {
  const found = (await ctx.client.droplet(id, ctx.signal)) ?? (await lookAgain(ctx, id, state?.outputs['createdAt']));
  if (!found) {
    if (!(await isListed(ctx, id, state?.inputs ?? {}))) return null;
    throw new ProviderError({
      provider: PROVIDER_ID,
      kind: 'malformed',
      message: `Droplet ${id} answers 404 but DigitalOcean's listing still has it; try again later.`,
    });
  }
  const known = dropletInputs(found, state?.inputs);
  return { id, inputs: known, outputs: dropletOutputs(found, known) };
}

/** A droplet made within the consistency window may not be known everywhere yet: look until the window is over. */
async function lookAgain({ client, signal }: Context, id: string, createdAt: Json | undefined): Promise<Droplet | null> {
  const end = Date.parse(String(createdAt)) + client.consistencyWindowMs;
  if (!(Date.now() < end)) return null;
  const { droplet } = await waitFor({
    provider: PROVIDER_ID,
    what: `new droplet ${id} to be known`,
    key: `${PROVIDER_ID}/known`,
    signal,
    deadlineMs: client.consistencyWindowMs + 60_000,
    probe: async () => {
      const droplet = await client.droplet(id, signal);
      return droplet || Date.now() >= end ? { droplet } : undefined;
    },
  });
  return droplet;
}

async function isListed({ client, signal, urn }: Context, id: string, known: Properties): Promise<boolean> {
  const { tag } = identityOf(urn, textList(known['tags']));
  return (await client.dropletsByTag(tag, signal)).some((droplet) => String(droplet.id) === id);
}

async function remove(ctx: Context, id: string, state: Properties): Promise<void> {
  if (state['gracefulShutdown'] === true) await shutDown(ctx, id);
  await waitFor({
    provider: PROVIDER_ID,
    what: `droplet ${id} to be deleted`,
    key: `${PROVIDER_ID}/delete`,
    signal: ctx.signal,
    deadlineMs: DELETE_DEADLINE_MS,
    probe: async () => {
      const now = await ctx.client.droplet(id, ctx.signal);
      if (!now) return (await isListed(ctx, id, state)) ? undefined : true;
      // Locked: some action runs, perhaps our own destroy. Either way, look again.
      if (!now.locked) await tryDelete(ctx, id);
      return undefined;
    },
  });
}

async function tryDelete({ client, signal }: Context, id: string): Promise<void> {
  try {
    await client.run({ method: 'DELETE', path: dropletPath(id), repeatable: true, signal });
  } catch (error) {
    if (!isProviderError(error, 'not_found', 'conflict')) throw error;
  }
}

/** As the vendor's package: ask the system to stop, and go on after a minute whether it did or not. */
async function shutDown(ctx: Context, id: string): Promise<void> {
  const patience = AbortSignal.any([ctx.signal, AbortSignal.timeout(SHUTDOWN_PATIENCE_MS)]);
  try {
    await unlocked(ctx.client, id, patience);
    await perform(ctx.client, id, { type: 'shutdown', isDone: (now) => now.status === 'off', signal: patience });
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!isProviderError(error, 'not_found'))
      ctx.log(
        'warning',
        `Droplet ${id} did not shut down in time (${error instanceof Error ? error.message : String(error)}); deleting it anyway.`,
      );
  }
}
