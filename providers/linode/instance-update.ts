/**
 * Changing a server in place. Every step compares with what Linode has now, not with what the last run
 * wrote down, so an update that was cut off can simply run again.
 */
import { z } from 'zod';
import type { Properties, ResourceContext } from '../resource.ts';
import { getType } from './catalog.ts';
import { linodeError, type LinodeClient } from './client.ts';
import { alertsBody } from './instance-create.ts';
import { fullOutputs, storedTags } from './instance-state.ts';
import { runJob, waitForStatus } from './jobs.ts';
import { isOff, power, settled } from './power.ts';
import { setPassword } from './reset-password.ts';
import { ApiDisk, ApiInstance } from './types.ts';

const RESIZE_DEADLINE_MS = 60 * 60_000;
const MIGRATE_DEADLINE_MS = 60 * 60_000;

type Context = ResourceContext<LinodeClient>;
interface Change {
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  readonly inputs: Properties;
}

export async function updateInstance(ctx: Context, id: number, change: Change): Promise<Properties> {
  const { inputs, oldInputs, oldOutputs } = change;
  const { client, signal } = ctx;
  refuseImpossible(change);
  let instance = await settled(client, id, signal);
  // A server that ran before stays running: an earlier try may have ended between shutdown and boot.
  const shouldRun = inputs.booted ?? (oldOutputs.status !== 'offline' && oldOutputs.status !== 'stopped');
  instance = await putSettings(ctx, instance, inputs);
  await setBackups(ctx, instance, inputs);
  if (inputs.privateIp === true) await addPrivateIp(ctx, instance);
  if (instance.region !== inputs.region) await migrate(ctx, instance, inputs);
  if (typeof inputs.type === 'string' && instance.type !== inputs.type) await resize(ctx, instance, inputs);
  if (typeof inputs.rootPass === 'string' && inputs.rootPass !== oldInputs.rootPass) await setPassword(client, id, inputs.rootPass, signal);
  const now = await settled(client, id, signal);
  if (shouldRun && isOff(now.status)) instance = await power(client, id, 'on', signal);
  else if (inputs.booted === false && !isOff(now.status)) instance = await power(client, id, 'off', signal);
  else instance = now;
  return fullOutputs(client, instance, inputs, signal);
}

function refuseImpossible({ inputs, oldInputs, oldOutputs }: Change): void {
  const refuse = (field: string, message: string): never => {
    throw linodeError('invalid', message, { field });
  };
  if (oldOutputs.privateIp === true && inputs.privateIp === false)
    refuse('privateIp', 'Linode cannot take the private address off a server. Leave privateIp true.');
  if (inputs.swapSize !== undefined && inputs.swapSize !== (oldInputs.swapSize ?? oldOutputs.swapSize))
    refuse('swapSize', 'The swap disk is made with the server and cannot be resized here. Leave swapSize as it was.');
  if (JSON.stringify(inputs.interfaces ?? []) !== JSON.stringify(oldInputs.interfaces ?? []))
    refuse('interfaces', 'Network interfaces are chosen at creation. Change them in Linode’s Cloud Manager.');
  const group = (of: Properties): unknown => (of.placementGroup as Properties | undefined)?.id;
  if (inputs.placementGroupExternallyManaged !== true && group(inputs) !== group(oldInputs))
    refuse('placementGroup', 'A server’s placement group is chosen at creation. Change it in Linode’s Cloud Manager.');
}

async function putSettings(ctx: Context, instance: ApiInstance, inputs: Properties): Promise<ApiInstance> {
  const body: Properties = {};
  if (typeof inputs.label === 'string' && inputs.label !== instance.label) body.label = inputs.label;
  if (typeof inputs.group === 'string' && inputs.group !== (instance.group ?? '')) body.group = inputs.group;
  if (typeof inputs.watchdogEnabled === 'boolean' && inputs.watchdogEnabled !== instance.watchdog_enabled)
    body.watchdog_enabled = inputs.watchdogEnabled;
  if (inputs.alerts) body.alerts = alertsBody(inputs.alerts as Properties);
  const { tags } = storedTags(ctx.urn, inputs);
  if (Array.isArray(inputs.tags) && !sameSet(tags, instance.tags)) body.tags = tags;
  if (Object.keys(body).length === 0) return instance;
  return ctx.client.put(`/linode/instances/${instance.id}`, ApiInstance, { body, signal: ctx.signal });
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

async function setBackups(ctx: Context, instance: ApiInstance, inputs: Properties): Promise<void> {
  const wanted = inputs.backupsEnabled;
  if (typeof wanted !== 'boolean' || wanted === instance.backups.enabled) return;
  const path = `/linode/instances/${instance.id}/backups/${wanted ? 'enable' : 'cancel'}`;
  // Setting it twice has no further effect, so a lost answer may be repeated.
  await ctx.client.whenFree('change of backups', ctx.signal, () =>
    ctx.client.post(path, z.unknown(), { signal: ctx.signal, repeatable: true }),
  );
}

async function addPrivateIp(ctx: Context, instance: ApiInstance): Promise<void> {
  if (instance.ipv4.some((address) => address.startsWith('192.168.'))) return;
  const body = { type: 'ipv4', public: false };
  await ctx.client.post(`/linode/instances/${instance.id}/ips`, z.unknown(), { body, signal: ctx.signal });
}

/** Moves the disk to another region. The server gets new addresses; Linode boots it there. */
async function migrate(ctx: Context, instance: ApiInstance, inputs: Properties): Promise<void> {
  const region = String(inputs.region);
  ctx.log('warning', `Linode ${instance.id} moves from ${instance.region} to ${region}; its addresses change.`);
  ctx.progress(`moving to ${region}`);
  const body = { region, type: inputs.migrationType ?? 'cold' };
  await runJob(
    ctx.client,
    instance.id,
    { path: '/migrate', body, action: 'linode_migrate_datacenter', deadlineMs: MIGRATE_DEADLINE_MS },
    ctx.signal,
  );
  await waitForStatus(ctx.client, instance.id, ['running', 'offline', 'stopped'], ctx.signal, MIGRATE_DEADLINE_MS);
}

async function resize(ctx: Context, instance: ApiInstance, inputs: Properties): Promise<void> {
  const { client, signal } = ctx;
  const type = String(inputs.type);
  const target = await getType(client, type, signal);
  const disks = await client.list(`/linode/instances/${instance.id}/disks`, ApiDisk, { signal });
  const used = disks.reduce((sum, { size }) => sum + size, 0);
  if (used > target.disk && inputs.resizeDisk !== true) {
    throw linodeError(
      'invalid',
      `${type} has ${target.disk} MB of disk, but the disks of Linode ${instance.id} take ${used} MB. Shrink them first, choose a larger plan, or set resizeDisk if the data fits.`,
      { field: 'type' },
    );
  }
  const warm = inputs.migrationType === 'warm';
  const ran = !isOff(instance.status);
  if (ran && !warm) {
    ctx.progress('shutting down');
    await power(client, instance.id, 'off', signal);
  }
  try {
    ctx.progress(`resizing to ${type}`);
    const body = { type, migration_type: warm ? 'warm' : 'cold', allow_auto_disk_resize: inputs.resizeDisk === true };
    await runJob(client, instance.id, { path: '/resize', body, action: 'linode_resize', deadlineMs: RESIZE_DEADLINE_MS }, signal);
  } catch (error) {
    // The customer's server must not stay off because a plan was sold out.
    if (ran && !signal.aborted) await power(client, instance.id, 'on', signal).catch(() => undefined);
    throw error;
  }
  await waitForStatus(client, instance.id, ['running', 'offline', 'stopped'], signal, RESIZE_DEADLINE_MS);
}
