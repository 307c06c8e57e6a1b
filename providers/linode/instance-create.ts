/**
 * Making a server at most once. The identity tag finds it after a crash or a lost answer; the unique
 * label makes Linode itself refuse a second one.
 */
import { isProviderError } from '../errors.ts';
import { InitializationError, type Created, type Properties, type ResourceContext } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { isLabelTaken, linodeError, type LinodeClient } from './client.ts';
import { DELETE_DEADLINE_MS } from './instance-delete.ts';
import { basicOutputs, fullOutputs, storedTags } from './instance-state.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { appears, failedJob } from './jobs.ts';
import { isOff, power } from './power.ts';
import { ApiInstance } from './types.ts';

const MAX_ORDERS = 3;
const READY_DEADLINE_MS = 15 * 60_000;
/** Failed jobs are rare: every how many looks at the server the events are looked at, too. */
const LOOKS_PER_EVENT_CHECK = 4;

type Context = ResourceContext<LinodeClient>;

export async function createInstance(ctx: Context, inputs: Properties): Promise<Created> {
  const { tag, tags } = storedTags(ctx.urn, inputs);
  const label = typeof inputs.label === 'string' && inputs.label !== '' ? inputs.label : tag;
  const found = await findByTag(ctx, tag);
  const instance = found ?? (await order(ctx, tag, label, createBody(inputs, label, tags)));
  if (found) ctx.log('info', `Found Linode ${found.id} (${found.label}) of an earlier attempt; it is adopted.`);
  return becomeReady(ctx, instance, inputs);
}

/** Every server that carries the tag, oldest first; the filter is Linode's, the check ours. */
export async function listByTag(client: LinodeClient, tag: string, signal: AbortSignal): Promise<ApiInstance[]> {
  const listed = await client.list('/linode/instances', ApiInstance, { filter: { tags: tag }, signal });
  // Linode's tags ignore case.
  const own = listed.filter(({ tags }) => tags.some((t) => t.toLowerCase() === tag));
  return own.sort((a, b) => a.created.localeCompare(b.created) || a.id - b.id);
}

async function findByTag(ctx: Context, tag: string): Promise<ApiInstance | undefined> {
  let all = await listByTag(ctx.client, tag, ctx.signal);
  if (all.length > 0 && all.every(({ status }) => status === 'deleting')) {
    // A destroy just before: its label is free only when it is gone.
    ctx.progress('waiting for the former server to be gone');
    await waitFor({
      provider: PROVIDER_ID,
      what: `Linode ${all[0]!.id} to be deleted`,
      key: 'linode/gone',
      signal: ctx.signal,
      deadlineMs: DELETE_DEADLINE_MS,
      probe: async () => {
        all = await listByTag(ctx.client, tag, ctx.signal);
        return all.every(({ status }) => status === 'deleting') && all.length > 0 ? undefined : true;
      },
    });
  }
  const living = all.filter(({ status }) => status !== 'deleting');
  const [oldest, ...others] = living;
  if (others.length > 0) {
    const ids = others.map(({ id }) => id).join(', ');
    ctx.log(
      'warning',
      `${living.length} servers carry the tag ${tag}: the oldest, ${oldest!.id}, is used. Look at ${ids} and delete what is not needed.`,
    );
  }
  return oldest;
}

async function order(ctx: Context, tag: string, label: string, body: Properties): Promise<ApiInstance> {
  const { client, signal } = ctx;
  const own = (): Promise<ApiInstance | undefined> => findByTag(ctx, tag);
  for (let attempt = 1; ; attempt++) {
    try {
      ctx.progress(`ordering ${String(body.type)} in ${String(body.region)}`);
      return await client.createServer(ApiInstance, body, signal);
    } catch (error) {
      if (isLabelTaken(error)) return holderOf(ctx, tag, label, error);
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      ctx.log('info', 'The answer to the order was lost; looking for the server before anything is repeated.');
      const made = await appears(client, own, signal);
      if (made) return made;
      if (attempt >= MAX_ORDERS) throw error;
    }
  }
}

/** The server that has our label: ours when it has our tag, too. A stranger is named, so that a person knows what to rename. */
async function holderOf(ctx: Context, tag: string, label: string, cause: Error): Promise<ApiInstance> {
  const { client, signal } = ctx;
  const holder = await appears(
    client,
    async () => {
      const listed = await client.list('/linode/instances', ApiInstance, { filter: { label }, signal });
      return listed.find((instance) => instance.label.toLowerCase() === label.toLowerCase());
    },
    signal,
  );
  if (!holder) throw cause;
  if (holder.tags.some((each) => each.toLowerCase() === tag)) return holder;
  throw linodeError(
    'conflict',
    `The label "${label}" belongs to Linode ${holder.id}, which is not this VPS. Labels are unique in an account: choose another, or rename that server.`,
    { field: 'label' },
  );
}

/** Any failure from here on keeps the id: the server exists and is paid for. */
async function becomeReady(ctx: Context, made: ApiInstance, inputs: Properties): Promise<Created> {
  let last = made;
  try {
    last = await waitReady(ctx, made, inputs, (seen) => (last = seen));
    last = await applySettings(ctx, last, inputs);
    return { id: String(last.id), outputs: await fullOutputs(ctx.client, last, inputs, ctx.signal) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InitializationError(String(made.id), basicOutputs(last, inputs), [reason]);
  }
}

async function waitReady(ctx: Context, made: ApiInstance, inputs: Properties, seen: (instance: ApiInstance) => void): Promise<ApiInstance> {
  const { client, signal } = ctx;
  const boots = inputs.booted !== false && (inputs.image !== undefined || inputs.backupId !== undefined);
  const ready = (status: string): boolean => (boots ? status === 'running' : isOff(status));
  let instance = made;
  let looks = 0;
  let shown = '';
  return waitFor({
    provider: PROVIDER_ID,
    what: `Linode ${made.id} to be ${boots ? 'running' : 'offline'}`,
    key: 'linode/create',
    signal,
    deadlineMs: READY_DEADLINE_MS,
    probe: async () => {
      instance = await client.get(`/linode/instances/${made.id}`, ApiInstance, { signal });
      seen(instance);
      if (instance.status !== shown) ctx.progress(`${instance.label}: ${(shown = instance.status)}`);
      if (ready(instance.status)) return instance;
      const doubtful = isOff(instance.status) || ++looks % LOOKS_PER_EVENT_CHECK === 0;
      const failed = doubtful ? await failedJob(client, made.id, ['linode_create', 'linode_boot'], signal) : undefined;
      if (failed)
        throw linodeError('unexpected', `Linode ${made.id} was made but did not start: ${failed} Boot it again, or reinstall it.`);
      // An earlier attempt ended between creation and boot: the disk is there, only the boot is missing.
      if (boots && isOff(instance.status) && instance.id === made.id && isOff(made.status)) return power(client, made.id, 'on', signal);
      return undefined;
    },
  });
}

/** Settings the create call does not take. */
async function applySettings(ctx: Context, instance: ApiInstance, inputs: Properties): Promise<ApiInstance> {
  const body = {
    ...(inputs.watchdogEnabled === false ? { watchdog_enabled: false } : {}),
    ...(inputs.alerts === undefined ? {} : { alerts: alertsBody(inputs.alerts as Properties) }),
  };
  if (Object.keys(body).length === 0) return instance;
  return ctx.client.put(`/linode/instances/${instance.id}`, ApiInstance, { body, signal: ctx.signal });
}

export function alertsBody(alerts: Properties): Properties {
  const names: Record<string, string> = {
    cpu: 'cpu',
    io: 'io',
    networkIn: 'network_in',
    networkOut: 'network_out',
    transferQuota: 'transfer_quota',
  };
  return Object.fromEntries(
    Object.entries(alerts).flatMap(([key, value]) => (names[key] && value !== undefined ? [[names[key], value]] : [])),
  );
}

/** Absent properties are left out, so Linode's own defaults hold. */
function createBody(inputs: Properties, label: string, tags: string[]): Properties {
  const copied: Readonly<Record<string, string>> = {
    region: 'region',
    type: 'type',
    image: 'image',
    group: 'group',
    rootPass: 'root_pass',
    authorizedUsers: 'authorized_users',
    backupId: 'backup_id',
    backupsEnabled: 'backups_enabled',
    booted: 'booted',
    diskEncryption: 'disk_encryption',
    firewallId: 'firewall_id',
    ipv4s: 'ipv4',
    privateIp: 'private_ip',
    stackscriptId: 'stackscript_id',
    stackscriptData: 'stackscript_data',
    swapSize: 'swap_size',
  };
  const body: Properties = { label, tags };
  for (const [key, name] of Object.entries(copied)) {
    if (inputs[key] !== undefined && inputs[key] !== null) body[name] = inputs[key];
  }
  if (Array.isArray(inputs.authorizedKeys)) body.authorized_keys = inputs.authorizedKeys.map((key) => String(key).trim());
  const [metadata] = Array.isArray(inputs.metadatas) ? inputs.metadatas : [];
  const userData = (metadata as Properties | undefined)?.userData;
  if (typeof userData === 'string' && userData !== '') body.metadata = { user_data: userData.replace(/\s/g, '') };
  const group = inputs.placementGroup as Properties | undefined;
  if (group) body.placement_group = { id: group.id! };
  if (Array.isArray(inputs.interfaces)) body.interfaces = inputs.interfaces.map((each) => interfaceBody(each as Properties));
  return body;
}

function interfaceBody(each: Properties): Properties {
  const ipv4 = each.ipv4 as Properties | undefined;
  return {
    purpose: each.purpose!,
    ...(each.label === undefined ? {} : { label: each.label }),
    ...(each.ipamAddress === undefined ? {} : { ipam_address: each.ipamAddress }),
    ...(each.subnetId === undefined ? {} : { subnet_id: each.subnetId }),
    ...(each.primary === undefined ? {} : { primary: each.primary }),
    ...(each.ipRanges === undefined ? {} : { ip_ranges: each.ipRanges }),
    ...(ipv4
      ? { ipv4: { ...(ipv4.vpc === undefined ? {} : { vpc: ipv4.vpc }), ...(ipv4.nat11 === undefined ? {} : { nat_1_1: ipv4.nat11 }) } }
      : {}),
  };
}
