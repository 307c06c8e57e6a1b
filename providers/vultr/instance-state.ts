/**
 * What an instance is to the engine: its outputs, when it is ready, when it is gone. The tag
 * `plinth-unfinished` marks a Windows server whose password is not yet known to be in the state.
 */
import { identityOf, visibleTags } from '../identity.ts';
import { ProviderError } from '../errors.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { waitFor } from '../wait.ts';
import type { VultrClient } from './client.ts';
import { VULTR } from './errors.ts';
import type { Instance } from './schemas.ts';

export type Context = ResourceContext<VultrClient>;

/** Set at the create of a Windows server, taken off when the state is seen to hold its password. */
export const UNFINISHED_TAG = 'plinth-unfinished';

export const CREATE_MS = 60 * 60_000;
export const NO_ADDRESS = '0.0.0.0';

/** Tags as the program wrote them. */
export function programTags(tags: readonly string[]): string[] {
  return visibleTags(tags).filter((tag) => tag !== UNFINISHED_TAG);
}

export function stringList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The tag by which this resource's instance is found, from inputs or outputs. */
export function identityTagOf(urn: string, properties: Properties): string {
  return identityOf(urn, stringList(properties['tags'])).tag;
}

/** Every output of the vendor's resource. `password` is the one known so far: only some answers carry it. */
export function outputsOf(instance: Instance, inputs: Properties, password: string): Properties {
  return {
    ...inputs,
    allowedBandwidth: instance.allowed_bandwidth,
    appId: instance.app_id,
    backups: backupsOf(instance),
    dateCreated: instance.date_created,
    ddosProtection: instance.features.includes('ddos_protection'),
    defaultPassword: password,
    disk: instance.disk,
    enableIpv6: instance.features.includes('ipv6'),
    features: instance.features,
    firewallGroupId: instance.firewall_group_id,
    gatewayV4: instance.gateway_v4,
    hostname: instance.hostname,
    imageId: instance.image_id,
    internalIp: instance.internal_ip,
    kvm: instance.kvm,
    label: instance.label,
    mainIp: instance.main_ip,
    netmaskV4: instance.netmask_v4,
    os: instance.os,
    osId: instance.os_id,
    plan: instance.plan,
    powerStatus: instance.power_status,
    ram: instance.ram,
    region: instance.region,
    reservedIpId: inputs['reservedIpId'] ?? '',
    scriptId: inputs['scriptId'] ?? '',
    serverStatus: instance.server_status,
    snapshotId: instance.snapshot_id || (inputs['snapshotId'] ?? ''),
    status: instance.status,
    tags: programTags(instance.tags),
    userData: inputs['userData'] ?? '',
    v6MainIp: instance.v6_main_ip,
    v6Network: instance.v6_network,
    v6NetworkSize: instance.v6_network_size,
    vcpuCount: instance.vcpu_count,
    vpcIds: inputs['vpcIds'] ?? [],
  };
}

export function backupsOf(instance: Instance): 'enabled' | 'disabled' {
  return instance.features.includes('auto_backups') ? 'enabled' : 'disabled';
}

export interface ReadyWhen {
  /** False for a server that was finished before: its owner may have switched it off, which stops no change. */
  readonly first: boolean;
  readonly windows: boolean;
  readonly ipv6: boolean;
  readonly publicIpv4: boolean;
}

export function readyWhen(inputs: Properties, windows: boolean, first = true): ReadyWhen {
  return { first, windows, ipv6: inputs['enableIpv6'] === true, publicIpv4: inputs['disablePublicIpv4'] !== true };
}

/** Linux is usable while Vultr still says `installing` (it boots); Windows installs for minutes and only `ok` counts. */
export function isReady(instance: Instance, when: ReadyWhen): boolean {
  if (instance.status !== 'active') return false;
  if (!when.first && instance.power_status === 'stopped') return instance.server_status !== 'locked';
  if (instance.power_status !== 'running') return false;
  if (when.publicIpv4 && (instance.main_ip === '' || instance.main_ip === NO_ADDRESS)) return false;
  if (when.ipv6 && instance.v6_main_ip === '') return false;
  if (instance.server_status === 'ok') return true;
  return !when.windows && ['installing', 'booting', 'installingbooting'].includes(instance.server_status);
}

/** Waits for the instance to serve. A 404 is no news inside the consistency window; later it means removed. */
export async function waitReady(ctx: Context, id: string, tag: string, when: ReadyWhen, deadlineMs: number): Promise<Instance> {
  const started = performance.now();
  return waitFor({
    provider: VULTR,
    what: `instance ${id} to be ready`,
    key: `vultr/ready/${when.windows ? 'windows' : 'linux'}`,
    signal: ctx.signal,
    deadlineMs,
    probe: async () => {
      const instance = await ctx.client.findInstance(id, { signal: ctx.signal });
      if (instance === null) {
        if (performance.now() - started > ctx.client.timing.consistencyMs && !(await isListed(ctx, id, tag)))
          throw problem('not_found', `Instance ${id} was removed at Vultr while it was being set up.`);
        return undefined;
      }
      if (instance.status === 'suspended')
        throw problem('forbidden', `Vultr suspended instance ${id}. Look for an open bill or abuse case at Vultr.`);
      ctx.progress(`status ${instance.status}, server ${instance.server_status}, power ${instance.power_status}`);
      return isReady(instance, when) ? instance : undefined;
    },
  });
}

export async function isListed(ctx: Pick<Context, 'client' | 'signal'>, id: string, tag: string): Promise<boolean> {
  const found = await ctx.client.instancesByTag(tag, { signal: ctx.signal });
  return found.some((instance) => instance.id === id);
}

/** Runs a change again while Vultr says that the server is locked or being provisioned. */
export async function whileBusy<T>(ctx: Pick<Context, 'signal'>, id: string, deadlineMs: number, change: () => Promise<T>): Promise<T> {
  const done = await waitFor({
    provider: VULTR,
    what: `instance ${id} to accept a change`,
    key: 'vultr/busy',
    signal: ctx.signal,
    deadlineMs,
    probe: async () => {
      try {
        return { value: await change() };
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'conflict') return undefined;
        throw error;
      }
    },
  });
  return done.value;
}

/** Takes the mark off once the state is known to hold the password. Housekeeping: never fails its caller. */
export async function dropUnfinishedMark(ctx: Context, instance: Instance): Promise<void> {
  if (!instance.tags.includes(UNFINISHED_TAG)) return;
  const tags = instance.tags.filter((tag) => tag !== UNFINISHED_TAG);
  await ctx.client.patchInstance(instance.id, { tags }, { signal: ctx.signal }).catch((error: unknown) => {
    ctx.log('debug', `The mark ${UNFINISHED_TAG} stays on instance ${instance.id}: ${String(error)}`);
  });
}

export function problem(kind: ProviderError['kind'], message: string): ProviderError {
  return new ProviderError({ provider: VULTR, kind, message });
}
