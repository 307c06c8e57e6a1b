/**
 * `vultr:index/instance:Instance`, compatible with the vendor's properties, defaults and replace rules.
 *
 * A Windows password exists only in the answer of the order (the document promises ten minutes of it on reads, too). When an
 * unfinished Windows server is adopted and nobody knows its password, it is reinstalled: that answer carries a new one. The tag
 * `plinth-unfinished` proves that the server was never delivered; without it the server is left alone and a person is told.
 */
import { z } from 'zod';
import { given, textList } from '../kit/names.ts';
import { part, type Rest } from '../kit/rest.ts';
import { Servers } from '../kit/server.ts';
import type { Call, Change, Context, Deed, Phase } from '../kit/server-sheet.ts';
import { InitializationError, type Created, type Json, type Properties, type ReadResult } from '../resource.ts';
import { backupsOf, check, inputs, inputsOf, outputs, outputsOf } from './instance-specs.ts';
import { BackupSchedule, Instance, OperatingSystem } from './schemas.ts';

/** Set at the order of a Windows server, taken off when the state is seen to hold its password. */
export const UNFINISHED_TAG = 'plinth-unfinished';
export const NO_ADDRESS = '0.0.0.0';
const CREATE_MS = 60 * 60_000;

/** The families of the account's systems, asked for once by each client. */
const families = new WeakMap<Rest, Promise<Map<number, string>>>();

/** True when the account's list of systems calls this one Windows. */
export async function isWindows({ client, signal }: Call, osId: Json | undefined): Promise<boolean> {
  if (typeof osId !== 'number') return false;
  const known =
    families.get(client) ??
    client.all({ path: '/v2/os' }, 'os', OperatingSystem).then((all) => new Map(all.map(({ id, family }) => [id, family.toLowerCase()])));
  families.set(client, known);
  known.catch(() => families.delete(client));
  signal.throwIfAborted();
  return (await known).get(osId) === 'windows';
}

/** Linux is usable while Vultr still says `installing` (it boots); Windows installs for minutes and only `ok` counts. */
function phase({ status, server_status: server, os, main_ip: ipv4, v6_main_ip: ipv6, features }: Instance): Phase {
  if (status === 'suspended') return 'broken';
  if (status === 'pending') return 'making';
  if (status !== 'active' || server === 'locked') return 'busy';
  if (ipv4 === NO_ADDRESS || (ipv4 === '' && ipv6 === '') || (features.includes('ipv6') && ipv6 === '')) return 'making';
  if (server === 'ok') return 'ready';
  return server === 'none' || /windows/i.test(os) ? 'making' : 'ready';
}

const act = (type: string, path: string, isDone?: Deed<Instance>['isDone']): Deed<Instance> => ({
  type,
  path,
  ...(isDone ? { isDone } : {}),
});
const patch = (body: object, isDone?: Deed<Instance>['isDone']): Deed<Instance> => ({
  ...act('change', '', isDone),
  method: 'PATCH',
  body,
  repeatable: true,
});
const isOn = ({ power_status: power }: Instance): boolean => power === 'running';
const isOff = ({ power_status: power }: Instance): boolean => power === 'stopped';
const sameCase = (a: Json | undefined, b: Json | undefined): boolean => String(a ?? '').toLowerCase() === String(b ?? '').toLowerCase();
const isOther = (key: string, wanted: Properties, old: Properties): boolean =>
  JSON.stringify(wanted[key] ?? null) !== JSON.stringify(old[key] ?? null);

/** The settings that the program changed, as a PATCH has them. */
function settings(wanted: Properties, old: Properties): Record<string, unknown> {
  const told: Readonly<Record<string, object>> = {
    label: { label: wanted['label'] ?? '' },
    firewallGroupId: { firewall_group_id: wanted['firewallGroupId'] ?? '' },
    enableIpv6: { enable_ipv6: wanted['enableIpv6'] === true },
    ddosProtection: { ddos_protection: wanted['ddosProtection'] === true },
    backups: { backups: wanted['backups'] ?? 'disabled' },
    vpcIds: {
      attach_vpc: textList(wanted['vpcIds']).filter((vpc) => !textList(old['vpcIds']).includes(vpc)),
      detach_vpc: textList(old['vpcIds']).filter((vpc) => !textList(wanted['vpcIds']).includes(vpc)),
    },
  };
  return Object.assign({}, ...Object.keys(told).map((key) => (isOther(key, wanted, old) ? told[key] : {}))) as Record<string, unknown>;
}

const upgrades = z.object({ upgrades: z.object({ plans: z.array(z.string()).nullish() }) });

const changes: readonly Change<Instance>[] = [
  {
    when: (_, wanted, old) => Object.keys(settings(wanted, old)).length > 0,
    deeds: (_, wanted, old) => [patch(settings(wanted, old))],
  },
  {
    when: ({ plan }, wanted) => wanted['plan'] !== undefined && !sameCase(plan, wanted['plan']),
    /** "Upgrade the instance with this Plan id" (PATCH), GET upgrades. */
    async refuse({ id, plan, disk }, wanted, { client, signal }) {
      const path = `${servers.path(id)}/upgrades`;
      const plans = (await client.call({ path, query: { type: 'plans' }, signal }, upgrades)).upgrades.plans ?? [];
      if (plans.includes(String(wanted['plan']))) return null;
      const offer = plans.length > 0 ? `Possible: ${plans.slice(0, 8).join(', ')}.` : 'Vultr offers no upgrade for it now.';
      const message =
        `Vultr only upgrades plans: ${String(wanted['plan'])} is not an upgrade of ${plan} for instance ${id}, ` +
        `whose disk of ${disk} GB can never shrink. ${offer} For a smaller plan, order a new server and move.`;
      return { kind: 'invalid', field: 'plan', message };
    },
    deeds: (_, { plan }) => [patch({ plan }, (now) => sameCase(now.plan, plan))],
  },
  {
    when: (_, wanted, old) => isOther('isoId', wanted, old),
    deeds: (_, { isoId }) => [
      { ...act('iso', `/iso/${isoId ? 'attach' : 'detach'}`), repeatable: true, ...(isoId ? { body: { iso_id: isoId } } : {}) },
    ],
  },
  {
    afterCreate: true,
    when: (_, wanted, old) => wanted['backups'] === 'enabled' && !!wanted['backupsSchedule'] && isOther('backupsSchedule', wanted, old),
    deeds: (_, { backupsSchedule }) => [
      { ...act('backup-schedule', '/backup-schedule'), body: given(backupsSchedule as Properties), repeatable: true },
    ],
  },
];

/** The vendor's POST body; values that were not given are left to Vultr. */
async function order(wanted: Properties, tags: readonly string[], _urn: string, call: Call): Promise<Record<string, unknown>> {
  const source = ['osId', 'appId', 'imageId', 'isoId', 'snapshotId'].filter((key) => wanted[key]);
  if (source.length !== 1)
    throw call.client.error(
      'invalid',
      `An instance needs exactly one of osId, appId, imageId, isoId and snapshotId; it has ${source.join(', ') || 'none'}.`,
    );
  const { userData } = wanted;
  return given({
    region: wanted['region'],
    plan: wanted['plan'],
    label: wanted['label'],
    hostname: wanted['hostname'],
    tags: [...tags, ...((await isWindows(call, wanted['osId'])) ? [UNFINISHED_TAG] : [])],
    os_id: wanted['osId'] || undefined,
    app_id: wanted['appId'] || undefined,
    image_id: wanted['imageId'],
    iso_id: wanted['isoId'],
    snapshot_id: wanted['snapshotId'],
    app_variables: wanted['appVariables'],
    script_id: wanted['scriptId'],
    ipxe_chain_url: wanted['ipxeChainUrl'],
    firewall_group_id: wanted['firewallGroupId'],
    reserved_ipv4: wanted['reservedIpId'],
    sshkey_id: wanted['sshKeyIds'],
    attach_vpc: wanted['vpcIds'],
    user_data: typeof userData === 'string' && userData !== '' ? Buffer.from(userData).toString('base64') : undefined,
    user_scheme: wanted['userScheme'] ?? 'root',
    backups: wanted['backups'] ?? 'disabled',
    enable_ipv6: wanted['enableIpv6'] === true,
    disable_public_ipv4: wanted['disablePublicIpv4'] === true,
    ddos_protection: wanted['ddosProtection'] === true,
    activation_email: wanted['activationEmail'] === true,
  });
}

class Instances extends Servers<Instance> {
  /** One that was found, and whose password nobody read, is made anew while it is nobody's. */
  override async create(ctx: Context, wanted: Properties): Promise<Created> {
    const windows = await isWindows(ctx, wanted['osId']);
    const isUnknown = (told: Properties): boolean => windows && told['defaultPassword'] === '';
    let made: Created;
    try {
      made = await super.create(ctx, wanted);
    } catch (error) {
      // Without its password it must not be in the state: the next try finds it by its mark.
      if (error instanceof InitializationError && isUnknown(error.outputs)) throw new Error(error.message, { cause: error });
      throw error;
    }
    return isUnknown(made.outputs) ? { ...made, outputs: { ...made.outputs, ...(await this.#known(ctx, made.id)) } } : made;
  }

  async #known(ctx: Context, id: string): Promise<Properties> {
    if (!(await this.ready(ctx, id)).tags.includes(UNFINISHED_TAG))
      throw ctx.client.error(
        'conflict',
        `Windows instance ${id} exists and was finished before, but its password is not in the state. ` +
          'It is not reinstalled, because it may hold data: restore the state, or order a reinstall of this VPS.',
      );
    ctx.log('info', `The password of the new Windows instance ${id} was lost with its order's answer; it is reinstalled for a new one.`);
    const defaultPassword = await this.ask(ctx, id, ({ hostname }) => this.reinstall(ctx, id, hostname));
    if (defaultPassword === '') throw ctx.client.error('malformed', `Vultr reinstalled instance ${id} without telling its new password.`);
    try {
      const { server_status: serverStatus, status, power_status: powerStatus } = await this.ready(ctx, id);
      return { defaultPassword, serverStatus, status, powerStatus };
    } catch (error) {
      const { outputs: told } = this.sheet.present(await this.must(ctx, id), {}, { defaultPassword });
      throw new InitializationError(id, told, [error instanceof Error ? error.message : String(error)]);
    }
  }

  /** Keeps the system and makes a new administrator password, which only this answer carries. */
  async reinstall({ client, signal }: Call, id: string, hostname: string): Promise<string> {
    const ask = { method: 'POST', path: `${this.path(id)}/reinstall`, body: given({ hostname }), signal } as const;
    return (await client.one(ask, 'instance', Instance)).default_password;
  }

  override async read(ctx: Context, id: string, state?: { inputs: Properties; outputs: Properties }): Promise<ReadResult | null> {
    const found = await super.read(ctx, id, state);
    if (found && state) await this.#finished(ctx, id, state.outputs);
    return found;
  }

  override async update(ctx: Context, id: string, change: Parameters<Servers<Instance>['update']>[2]): Promise<Properties> {
    const told = await super.update(ctx, id, change);
    await this.#finished(ctx, id, change.oldOutputs);
    return told;
  }

  /** The state is known to hold the password: from now on nothing may reinstall it. Housekeeping: never fails its caller. */
  async #finished(ctx: Context, id: string, { osId, defaultPassword }: Properties): Promise<void> {
    if (!defaultPassword || !(await isWindows(ctx, osId))) return;
    try {
      const tags = (await this.get(ctx, id))?.tags ?? [];
      const rest = tags.filter((tag) => tag !== UNFINISHED_TAG);
      const ask = { method: 'PATCH', path: this.path(id), body: { tags: rest }, repeatable: true, signal: ctx.signal } as const;
      if (rest.length < tags.length) await ctx.client.send(ask);
    } catch (error) {
      ctx.log('debug', `The mark ${UNFINISHED_TAG} stays on instance ${id}: ${String(error)}`);
    }
  }
}

const unmarked = (tags: readonly string[]): string[] => tags.filter((tag) => tag !== UNFINISHED_TAG);

export const servers: Instances = new Instances({
  token: 'vultr:index/instance:Instance',
  noun: 'instance',
  path: '/v2/instances',
  keys: { one: 'instance', many: 'instances' },
  shape: Instance,
  inputs,
  outputs,
  stableOutputs: ['dateCreated', 'defaultPassword', 'gatewayV4', 'kvm', 'mainIp', 'netmaskV4', 'os', 'region'],
  stableWhile: { v6MainIp: ['enableIpv6'], v6Network: ['enableIpv6'], v6NetworkSize: ['enableIpv6'] },
  timeoutsMs: { create: CREATE_MS, update: CREATE_MS, delete: CREATE_MS },
  check,
  idOf: ({ id }) => id,
  bornAt: ({ date_created: at }) => Date.parse(at),
  recordedBirth: ({ dateCreated }) => (typeof dateCreated === 'string' ? Date.parse(dateCreated) : undefined),
  phase,
  mark: {
    query: (tag) => ({ query: { tag } }),
    of: ({ tags }) => unmarked(tags),
    in: ({ tags }) => textList(tags),
    deeds: ({ tags: now }, tags) => {
      const wanted = [...tags, ...(now.includes(UNFINISHED_TAG) ? [UNFINISHED_TAG] : [])];
      return [patch({ tags: wanted }, ({ tags: told }) => told.length === wanted.length && wanted.every((tag) => told.includes(tag)))];
    },
  },
  power: { isOn, isOff, on: act('start', '/start', isOn), off: act('halt', '/halt', isOff), reboot: act('reboot', '/reboot') },
  order,
  secretsOf: (answer): Properties => {
    const { data } = z.object({ instance: Instance }).safeParse(answer);
    return data?.instance.default_password ? { defaultPassword: data.instance.default_password } : {};
  },
  changes,
  present: (instance, known, secrets) => {
    const { defaultPassword } = secrets;
    const password = typeof defaultPassword === 'string' && defaultPassword !== '' ? defaultPassword : instance.default_password;
    const shown = { ...instance, tags: unmarked(instance.tags) };
    const now = inputsOf(shown, known);
    return { inputs: now, outputs: outputsOf(shown, now, password) };
  },
  /** Only a call of its own tells the backup schedule, which there is none of without backups. */
  async more({ client, signal }, instance) {
    if (backupsOf(instance) !== 'enabled') return { backupsSchedule: null };
    const ask = { path: `/v2/instances/${part(instance.id)}/backup-schedule`, signal };
    const { type, hour, dow, dom } = await client.one(ask, 'backup_schedule', BackupSchedule);
    return { backupsSchedule: { type, hour, dow, dom } };
  },
});
