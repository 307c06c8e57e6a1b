/** `ovhvps:index/vps:Vps`: a VPS that is ordered for a term and ends with what is paid. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { text } from '../kit/object.ts';
import { PrepaidServers } from '../kit/prepaid.ts';
import { part } from '../kit/rest.ts';
import type { Call, Change, Deed, Job, Jobs, Phase } from '../kit/server-sheet.ts';
import { hiddenOf, marksOf, named, shownName } from '../kit/ovhcloud/names.ts';
import type { Page } from '../provider.ts';
import type { Properties } from '../resource.ts';
import { joined } from './catalog.ts';
import { descriptor } from './descriptor.ts';
import { Machine, type OvhVps, type Service } from './rest.ts';

const PHASES: Readonly<Record<string, Phase>> = { running: 'ready', stopped: 'ready', rescued: 'ready' };
const isOn = ({ vps }: Machine): boolean => vps.state === 'running';
const isOff = ({ vps }: Machine): boolean => vps.state === 'stopped';
const nameOf = ({ vps }: Machine): string => vps.displayName ?? '';

export function addressOf({ addresses }: Machine, version: 'v4' | 'v6'): string {
  return addresses.find((each) => each.version === version)?.ipAddress ?? '';
}
/** `os-gra8` is a zone of GRA. */
export function datacenterOf({ vps }: Machine): string {
  return /os-([a-z]+)/.exec(vps.zone)?.[1]?.toUpperCase() ?? vps.zone;
}
export function planOf({ vps, service }: Machine): string {
  return joined(vps.model.name, service.renew?.period ?? 1);
}
/** ISO 8601, of the last moment that is paid for. */
export function endOf({ expiration }: Service): string {
  return new Date(`${expiration.slice(0, 10)}T23:59:59.000Z`).toISOString();
}

export function act(word: string, body?: unknown, isDone?: (machine: Machine) => boolean): Deed<Machine> {
  return { type: word, path: `/${word}`, ...(body === undefined ? {} : { body }), ...(isDone ? { isDone } : {}) };
}
function called(displayName: string): Deed<Machine> {
  return { type: 'rename', method: 'PUT', body: { displayName }, repeatable: true, isDone: (now) => nameOf(now) === displayName };
}

const Task = z.looseObject({ id: z.number(), type: z.string(), state: z.string() });
const TYPES: Readonly<Record<string, string>> = {
  startVm: 'start',
  stopVm: 'stop',
  rebootVm: 'reboot',
  reinstallVm: 'rebuild',
  changeRootPassword: 'setPassword',
};
/** A task's page needs its VPS: both are the job's id. */
function toJob(name: string, { id, type, state }: z.infer<typeof Task>): Job {
  const failed = ['error', 'cancelled', 'blocked'].includes(state);
  return { id: `${name}/${id}`, type: TYPES[type] ?? type, state: state === 'done' ? 'done' : failed ? 'failed' : 'running' };
}
// Without `started`: a task's page needs the name of its VPS, which an answer's task does not tell.
const jobs: Jobs = {
  async one(rest, id, signal) {
    const [name = '', task = ''] = id.split('/');
    return toJob(name, await rest.call({ path: `/vps/${part(name)}/tasks/${part(task)}`, signal }, Task));
  },
  async latest(rest, id, signal) {
    const at = `/vps/${part(id)}/tasks`;
    const ids = (await rest.call({ path: at, signal }, z.array(z.number()))).sort((a, b) => b - a).slice(0, 5);
    const tasks = await Promise.all(ids.map((task) => rest.call({ path: `${at}/${task}`, signal }, Task)));
    return tasks.map((task) => toJob(id, task));
  },
};

const changes: readonly Change<Machine>[] = [
  {
    when: (machine, { displayName }) => typeof displayName === 'string' && shownName(nameOf(machine)) !== displayName,
    deeds: (machine, { displayName }) => [called([...hiddenOf(nameOf(machine)), String(displayName)].join('.'))],
  },
  {
    when: (machine, { plan }) => planOf(machine) !== plan,
    deeds: () => [],
    refuse: () => ({ kind: 'invalid', field: 'plan', message: (descriptor.capabilities.resizeUp as { reason: string }).reason }),
  },
];

/** A fresh system, with a key or with a password that OVH mails. */
export function rebuildOf(name: string, image: string, publicKey?: string): Deed<Machine> {
  return act('rebuild', ({ client, signal }: Call) => (client as OvhVps).rebuildBody(name, image, publicKey, signal));
}

class Machines extends PrepaidServers<Machine> {
  override get({ client, signal }: Call, id: string): Promise<Machine | null> {
    return (client as OvhVps).machine(id, signal);
  }
  override list({ client, signal }: Call): Promise<Machine[]> {
    return (client as OvhVps).machines(signal);
  }
  override async page(call: Call): Promise<Page<Machine>> {
    return { items: await this.list(call), next: null };
  }
  protected override async orderEnd(call: Call, machine: Machine): Promise<{ at: string | null }> {
    if (machine.service.renew?.deleteAtExpiration !== true) await setEnd(call, machine.vps.name, true);
    return { at: endOf(machine.service) };
  }
}

/**
 * Orders the end of a VPS with what is paid, or takes it back. OVH switches more with it, and sets it only in the whole. Soon after a
 * purchase it refuses: the subscription is not active yet.
 */
export async function setEnd(call: Call, name: string, ends: boolean): Promise<void> {
  const client = call.client as OvhVps;
  const isSet = (service: Service): boolean => (service.renew?.deleteAtExpiration === true) === ends;
  await machines.until(call, `${machines.name(name)} to ${ends ? 'end' : 'go on'}`, 10 * 60_000, async () => {
    const machine = await client.machine(name, call.signal);
    if (!machine) throw client.error('not_found', `${machines.name(name)} no longer exists.`);
    const { service } = machine;
    if (isSet(service)) return true;
    const renew = { ...service.renew, deleteAtExpiration: ends, automatic: !ends };
    const body = { ...service, renew, renewalType: ends ? 'manual' : 'automaticV2012' };
    const path = `/vps/${part(name)}/serviceInfos`;
    await client.send({ method: 'PUT', path, body, repeatable: true, signal: call.signal }).catch((error: unknown) => {
      if (!isProviderError(error, 'conflict')) throw error;
    });
    return undefined;
  });
}

export const machines = new Machines({
  token: 'ovhvps:index/vps:Vps',
  noun: 'VPS',
  path: '/vps',
  keys: { one: '', many: '' },
  shape: Machine,
  jobs,
  changes,
  orders: 1,
  inputs: {
    displayName: { ...text, required: true },
    plan: { ...text, required: true },
    datacenter: { ...text, required: true, replace: true },
    image: { ...text, required: true, replace: true },
    publicKey: { ...text, replace: true },
  },
  outputs: { ipv4: text, ipv6: text, state: text, expires: text },
  stableOutputs: ['ipv4', 'ipv6', 'expires'],
  idOf: ({ vps }) => vps.name,
  bornAt: ({ service }) => Date.parse(service.creation),
  phase: ({ vps, service }) => (service.status === 'expired' ? 'going' : (PHASES[vps.state] ?? 'busy')),
  mark: {
    query: () => ({}),
    of: (machine) => marksOf(nameOf(machine)),
    in: ({ displayName }) => (typeof displayName === 'string' ? marksOf(displayName) : []),
    deeds: (machine, tags) => [called(named(nameOf(machine), tags))],
  },
  power: { isOn, isOff, on: act('start', undefined, isOn), off: act('stop', undefined, isOff), reboot: act('reboot') },
  order: ({ displayName, plan, datacenter, image, publicKey }, tags) => ({
    displayName: named(String(displayName), tags),
    plan,
    datacenter,
    image,
    publicKey,
  }),
  present: (machine, known) => {
    const inputs: Properties = {
      ...known,
      displayName: shownName(nameOf(machine)),
      plan: planOf(machine),
      datacenter: datacenterOf(machine),
      // What a reinstall makes of it replaces nothing.
      image: known['image'] ?? '',
    };
    const outputs: Properties = {
      ...inputs,
      ipv4: addressOf(machine, 'v4'),
      ipv6: addressOf(machine, 'v6'),
      state: machine.vps.state,
      expires: endOf(machine.service),
    };
    return { inputs, outputs };
  },
});
