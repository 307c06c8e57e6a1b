/** `vultr:index/instance:Instance`, compatible with the vendor's properties, defaults and replace rules. */
import type { CheckFailure, Json, Properties, PropertySpec, ReadResult, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { z } from 'zod';
import type { VultrClient } from './client.ts';
import { VULTR } from './errors.ts';
import { createInstance } from './instance-create.ts';
import {
  CREATE_MS,
  backupsOf,
  dropUnfinishedMark,
  identityTagOf,
  isListed,
  outputsOf,
  programTags,
  type Context,
} from './instance-state.ts';
import { deleteInstance, updateInstance, doubtUntilMs } from './instance-update.ts';
import type { Instance } from './schemas.ts';

/** Vultr tells a feature's absence, never `null`: absent and false are one value, or every refresh would differ. */
const flag: PropertySpec = { type: 'boolean', same: (a, b) => (a ?? false) === (b ?? false) };
const text: PropertySpec = { type: 'string' };
const list: PropertySpec = { type: 'array', items: text, unordered: true };
const replacing: PropertySpec = { type: 'string', replace: true, computed: true };
const sameCase: PropertySpec['same'] = (a, b) => String(a ?? '').toLowerCase() === String(b ?? '').toLowerCase();

const schedule: PropertySpec = {
  type: 'object',
  properties: {
    type: { ...text, required: true, oneOf: ['daily', 'weekly', 'monthly', 'daily_alt_even', 'daily_alt_odd'] },
    hour: { type: 'integer', min: 0, max: 23 },
    dow: { type: 'integer', min: 1, max: 7 },
    dom: { type: 'integer', min: 1, max: 28 },
  },
};

const inputs: Readonly<Record<string, PropertySpec>> = {
  activationEmail: flag,
  appId: { type: 'integer', replace: true, computed: true },
  appVariables: { type: 'object', additional: text, replace: true },
  backups: { ...text, oneOf: ['enabled', 'disabled'], same: (a, b) => (a ?? 'disabled') === (b ?? 'disabled') },
  backupsSchedule: schedule,
  ddosProtection: flag,
  disablePublicIpv4: { ...flag, replace: true },
  enableIpv6: flag,
  firewallGroupId: { ...text, computed: true },
  hostname: replacing,
  imageId: replacing,
  ipxeChainUrl: { ...text, replace: true },
  isoId: text,
  label: { ...text, computed: true },
  osId: { type: 'integer', replace: true, computed: true },
  plan: { ...text, required: true, same: sameCase },
  region: { ...text, required: true, replace: true, same: sameCase },
  reservedIpId: replacing,
  scriptId: replacing,
  snapshotId: replacing,
  sshKeyIds: { ...list, replace: true },
  tags: list,
  userData: replacing,
  userScheme: { ...text, replace: true, oneOf: ['root', 'limited'] },
  vpc2Ids: { ...list, deprecated: 'Vultr withdrew VPC 2.0; use vpcIds.' },
  vpcIds: { ...list, computed: true },
};

const outputs: Readonly<Record<string, PropertySpec>> = {
  allowedBandwidth: { type: 'integer' },
  dateCreated: text,
  defaultPassword: { ...text, secret: true },
  disk: { type: 'integer' },
  features: list,
  gatewayV4: text,
  internalIp: text,
  kvm: text,
  mainIp: text,
  netmaskV4: text,
  os: text,
  powerStatus: text,
  ram: { type: 'integer' },
  serverStatus: text,
  status: text,
  v6MainIp: text,
  v6Network: text,
  v6NetworkSize: { type: 'integer' },
  vcpuCount: { type: 'integer' },
};

function check(given: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const sources = ['osId', 'appId', 'imageId', 'isoId', 'snapshotId'].filter((key) => given[key] !== undefined && given[key] !== null);
  if (sources.length > 1) failures.push({ property: sources[1]!, reason: `only one of ${sources.join(', ')} can be installed` });
  if (Array.isArray(given['vpc2Ids']) && given['vpc2Ids'].length > 0)
    failures.push({ property: 'vpc2Ids', reason: 'Vultr withdrew VPC 2.0; use vpcIds' });
  if (given['disablePublicIpv4'] === true && given['enableIpv6'] === false)
    failures.push({ property: 'disablePublicIpv4', reason: 'a server without public IPv4 needs enableIpv6' });
  return failures;
}

async function read(ctx: Context, id: string, state?: { inputs: Properties; outputs: Properties }): Promise<ReadResult | null> {
  const instance = await findOrProveGone(ctx, id, state?.outputs);
  if (instance === null) return null;
  const known = state?.outputs['defaultPassword'];
  const password = typeof known === 'string' && known !== '' ? known : instance.default_password;
  if (typeof known === 'string' && known !== '') await dropUnfinishedMark(ctx, instance);
  const now = state ? refreshed(state.inputs, instance) : imported(instance);
  return { id, inputs: now, outputs: outputsOf(instance, now, password) };
}

/** null after the item's 404, its absence from the listing, and the end of the consistency window. */
async function findOrProveGone(ctx: Context, id: string, known: Properties | undefined): Promise<Instance | null> {
  const found = await ctx.client.findInstance(id, { signal: ctx.signal });
  if (found !== null) return found;
  const { consistencyMs } = ctx.client.timing;
  const doubtUntil = doubtUntilMs(known, consistencyMs);
  const verdict = await waitFor<Instance | 'gone'>({
    provider: VULTR,
    what: `instance ${id} to be shown or gone`,
    key: 'vultr/consistency',
    signal: ctx.signal,
    deadlineMs: 2 * consistencyMs + 5_000,
    probe: async () => {
      const listed = known
        ? await isListed(ctx, id, identityTagOf(ctx.urn, known))
        : (await ctx.client.all('/v2/instances', 'instances', listedId, {}, { signal: ctx.signal })).some((item) => item.id === id);
      const again = await ctx.client.findInstance(id, { signal: ctx.signal });
      if (again !== null) return again;
      return !listed && Date.now() >= doubtUntil ? 'gone' : undefined;
    },
  });
  return verdict === 'gone' ? null : verdict;
}

const listedId = z.object({ id: z.string() });

/** The program's inputs as they are at Vultr now; what was not given stays not given. */
function refreshed(old: Properties, instance: Instance): Properties {
  const actual: Record<string, Json> = {
    label: instance.label,
    plan: instance.plan,
    region: instance.region,
    hostname: instance.hostname,
    osId: instance.os_id,
    appId: instance.app_id,
    imageId: instance.image_id,
    firewallGroupId: instance.firewall_group_id,
    enableIpv6: instance.features.includes('ipv6'),
    ddosProtection: instance.features.includes('ddos_protection'),
    backups: backupsOf(instance),
    tags: programTags(instance.tags),
  };
  const now: Properties = { ...old };
  for (const [key, value] of Object.entries(actual)) {
    const before = old[key];
    const unset = before === undefined || before === null;
    if (!unset) now[key] = value;
    // Switched on behind our back is drift even where the program is silent.
    else if ((key === 'ddosProtection' || key === 'enableIpv6') && value === true) now[key] = true;
    else if (key === 'backups' && value === 'enabled') now[key] = value;
  }
  return now;
}

/** Without the user data: it may hold anybody's secrets, and a state is read by more people than the server's owner. */
function imported(instance: Instance): Properties {
  const tags = programTags(instance.tags);
  return {
    region: instance.region,
    plan: instance.plan,
    label: instance.label,
    hostname: instance.hostname,
    backups: backupsOf(instance),
    enableIpv6: instance.features.includes('ipv6'),
    ddosProtection: instance.features.includes('ddos_protection'),
    ...(instance.firewall_group_id === '' ? {} : { firewallGroupId: instance.firewall_group_id }),
    ...(instance.os_id === 0 ? {} : { osId: instance.os_id }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

export const instanceResource: ResourceDefinition<VultrClient> = {
  token: 'vultr:index/instance:Instance',
  inputs,
  outputs,
  stableOutputs: ['dateCreated', 'defaultPassword', 'gatewayV4', 'kvm', 'mainIp', 'netmaskV4', 'os', 'region'],
  stableWhile: { v6MainIp: ['enableIpv6'], v6Network: ['enableIpv6'], v6NetworkSize: ['enableIpv6'] },
  timeoutsMs: { create: CREATE_MS, update: CREATE_MS, delete: CREATE_MS },
  check,
  create: createInstance,
  read,
  update: updateInstance,
  delete: deleteInstance,
};
