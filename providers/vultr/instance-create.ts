/**
 * Find-or-create of an instance. The identity tag is looked up before anything is bought, and again
 * after a POST whose answer was lost; only a server proven absent is bought (again).
 *
 * A Windows password exists only in the answer of the create (the document promises ten minutes of it
 * on reads, too). When an unfinished Windows server is adopted and nobody knows its password, it is
 * reinstalled: that answer carries a new one. The mark `plinth-unfinished` proves that the server was
 * never delivered; without it the server is left alone and a person is told.
 */
import { isProviderError } from '../errors.ts';
import { identityOf } from '../identity.ts';
import { InitializationError, type Created, type Properties } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { lookThroughWindow } from './compute-waits.ts';
import { VULTR } from './errors.ts';
import {
  CREATE_MS,
  UNFINISHED_TAG,
  isListed,
  outputsOf,
  problem,
  readyWhen,
  stringList,
  waitReady,
  whileBusy,
  type Context,
} from './instance-state.ts';
import { setBackupSchedule } from './instance-update.ts';
import type { Instance } from './schemas.ts';

const POST_ATTEMPTS = 2;
const REINSTALL_ATTEMPTS = 3;

export async function createInstance(ctx: Context, inputs: Properties): Promise<Created> {
  const osId = inputs['osId'];
  const windows = typeof osId === 'number' && (await ctx.client.isWindows(osId, { signal: ctx.signal }));
  const identity = identityOf(ctx.urn, stringList(inputs['tags']));
  const tags = [...(identity.added ? [identity.tag] : []), ...stringList(inputs['tags']), ...(windows ? [UNFINISHED_TAG] : [])];
  const existing = await ctx.client.instancesByTag(identity.tag, { signal: ctx.signal });
  const { instance, adopted } =
    existing.length > 0 ? { instance: adopt(ctx, existing), adopted: true } : await purchase(ctx, identity.tag, createBody(inputs, tags));

  let password = instance.default_password;
  if (adopted && windows && password === '') password = await recoverPassword(ctx, instance, identity.tag, inputs);
  try {
    const ready = await waitReady(ctx, instance.id, identity.tag, readyWhen(inputs, windows), CREATE_MS);
    await setBackupSchedule(ctx, instance.id, inputs);
    return { id: instance.id, outputs: outputsOf(ready, inputs, password) };
  } catch (error) {
    // Bought but not ready: the state must have it, and its password, all the same.
    const reason = error instanceof Error ? error.message : String(error);
    throw new InitializationError(instance.id, outputsOf(instance, inputs, password), [reason]);
  }
}

/** The vendor's POST body; values that were not given are left to Vultr. */
function createBody(inputs: Properties, tags: string[]): Record<string, unknown> {
  const source = ['osId', 'appId', 'imageId', 'isoId', 'snapshotId'].filter((key) => given(inputs[key]));
  if (source.length !== 1)
    throw problem(
      'invalid',
      `An instance needs exactly one of osId, appId, imageId, isoId and snapshotId; it has ${source.join(', ') || 'none'}.`,
    );
  const userData = inputs['userData'];
  const all: Record<string, unknown> = {
    region: inputs['region'],
    plan: inputs['plan'],
    label: inputs['label'],
    hostname: inputs['hostname'],
    tags,
    os_id: inputs['osId'],
    app_id: inputs['appId'],
    image_id: inputs['imageId'],
    iso_id: inputs['isoId'],
    snapshot_id: inputs['snapshotId'],
    app_variables: inputs['appVariables'],
    script_id: inputs['scriptId'],
    ipxe_chain_url: inputs['ipxeChainUrl'],
    firewall_group_id: inputs['firewallGroupId'],
    reserved_ipv4: inputs['reservedIpId'],
    sshkey_id: inputs['sshKeyIds'],
    attach_vpc: inputs['vpcIds'],
    user_data: typeof userData === 'string' && userData !== '' ? Buffer.from(userData).toString('base64') : undefined,
    user_scheme: inputs['userScheme'] ?? 'root',
    backups: inputs['backups'] ?? 'disabled',
    enable_ipv6: inputs['enableIpv6'] === true,
    disable_public_ipv4: inputs['disablePublicIpv4'] === true,
    ddos_protection: inputs['ddosProtection'] === true,
    activation_email: inputs['activationEmail'] === true,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => given(value)));
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 0;
}

function adopt(ctx: Context, found: Instance[]): Instance {
  const [oldest, ...others] = found;
  if (oldest === undefined) throw problem('unexpected', 'There is nothing to adopt.');
  if (others.length > 0) {
    const ids = others.map((instance) => instance.id).join(', ');
    ctx.log('warning', `More than one instance carries this identity: ${oldest.id}, the oldest, is taken; remove ${ids} at Vultr.`);
  }
  ctx.progress(`instance ${oldest.id} already exists`);
  return oldest;
}

/** Buys one server. Not cancellable: an answer that nobody reads is a server that nobody knows. */
async function purchase(ctx: Context, tag: string, body: Record<string, unknown>): Promise<{ instance: Instance; adopted: boolean }> {
  for (let attempt = 1; ; attempt++) {
    ctx.signal.throwIfAborted();
    try {
      return { instance: await ctx.client.createInstance(body), adopted: false };
    } catch (error) {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      ctx.log('info', `The answer to the create was lost (${error.message}); looking for the server.`);
      const found = await lookThroughWindow(ctx.client, ctx.signal, async () => {
        const carriers = await ctx.client.instancesByTag(tag, { signal: ctx.signal });
        return carriers.length > 0 ? carriers : undefined;
      });
      if (found !== undefined) return { instance: adopt(ctx, found), adopted: true };
      if (attempt >= POST_ATTEMPTS) throw error;
    }
  }
}

/** A known administrator password for a Windows server that was bought but never delivered. */
async function recoverPassword(ctx: Context, instance: Instance, tag: string, inputs: Properties): Promise<string> {
  if (!instance.tags.includes(UNFINISHED_TAG))
    throw problem(
      'conflict',
      `Windows instance ${instance.id} exists and was finished before, but its password is not in the state. ` +
        'It is not reinstalled, because it may hold data: restore the state, or order a reinstall of this VPS.',
    );
  const hostname = typeof inputs['hostname'] === 'string' ? inputs['hostname'] : instance.hostname;
  for (let attempt = 1; ; attempt++) {
    const seen = await waitSettled(ctx, instance.id, tag);
    if (seen.default_password !== '') return seen.default_password;
    ctx.log(
      'info',
      `The password of the new Windows instance ${instance.id} was lost with its create's answer; it is reinstalled for a new one.`,
    );
    try {
      const again = await whileBusy(ctx, instance.id, CREATE_MS, () => ctx.client.reinstall(instance.id, hostname));
      if (again.default_password !== '') return again.default_password;
      throw problem('malformed', `Vultr reinstalled instance ${instance.id} without telling its new password.`);
    } catch (error) {
      // A reinstall whose answer was lost has spent its password: another one makes another.
      if (!isProviderError(error, 'unknown_outcome') || attempt >= REINSTALL_ATTEMPTS) throw error;
    }
  }
}

/** Returns when a read tells the password, or when the server accepts a reinstall: one that is being set up refuses it. */
async function waitSettled(ctx: Context, id: string, tag: string): Promise<Instance> {
  const started = performance.now();
  return waitFor({
    provider: VULTR,
    what: `instance ${id} to finish its first installation`,
    key: 'vultr/settled',
    signal: ctx.signal,
    deadlineMs: CREATE_MS,
    probe: async () => {
      const instance = await ctx.client.findInstance(id, { signal: ctx.signal });
      if (instance !== null) {
        const settled = instance.status === 'active' && instance.server_status === 'ok';
        return settled || instance.default_password !== '' ? instance : undefined;
      }
      if (performance.now() - started > ctx.client.timing.consistencyMs && !(await isListed(ctx, id, tag)))
        throw problem('not_found', `Instance ${id} was removed at Vultr while it was being set up.`);
      return undefined;
    },
  });
}
