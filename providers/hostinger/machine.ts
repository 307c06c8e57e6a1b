/** `hostinger:index/vps:Vps`: a machine that is bought by a price of the catalogue and ends with what is paid. */
import { identityOf } from '../identity.ts';
import { flag, text, whole } from '../kit/object.ts';
import { PrepaidServers } from '../kit/prepaid.ts';
import type { Call, Change, Deed, Phase } from '../kit/server-sheet.ts';
import type { Json, Properties } from '../resource.ts';
import { descriptor } from './descriptor.ts';
import { type HostingerRest, MACHINES, Machine, ORDER_ID, type Subscription } from './rest.ts';

const PHASES: Readonly<Record<string, Phase>> = {
  initial: 'making',
  creating: 'making',
  running: 'ready',
  stopped: 'ready',
  recovery: 'ready',
  destroying: 'going',
  destroyed: 'going',
  error: 'broken',
  suspended: 'broken',
};
const isOn = ({ state }: Machine): boolean => state === 'running';
const isOff = ({ state }: Machine): boolean => state === 'stopped';

export function act(word: string, body?: unknown, isDone?: (machine: Machine) => boolean): Deed<Machine> {
  return { type: word, path: `/${word}`, repeatable: true, ...(body === undefined ? {} : { body }), ...(isDone ? { isDone } : {}) };
}

const ids = (value: Json | undefined): number[] => (Array.isArray(value) ? value.map(Number) : []);

const changes: readonly Change<Machine>[] = [
  {
    // Which keys a machine has is not told: they are attached to a new one, and again when they change.
    afterCreate: true,
    when: (_, { publicKeyIds }, old) => {
      const wanted = ids(publicKeyIds);
      return (
        wanted.length > 0 && (old['publicKeyIds'] === publicKeyIds || JSON.stringify(ids(old['publicKeyIds'])) !== JSON.stringify(wanted))
      );
    },
    deeds: (machine, { publicKeyIds }) => [
      { type: 'attach keys', at: `/api/vps/v1/public-keys/attach/${machine.id}`, body: { ids: ids(publicKeyIds) }, repeatable: true },
    ],
  },
  {
    when: (_, { itemId }, old) => old['itemId'] !== undefined && itemId !== old['itemId'],
    deeds: () => [],
    refuse: () => ({ kind: 'invalid', field: 'itemId', message: (descriptor.capabilities.resizeUp as { reason: string }).reason }),
  },
];

class Machines extends PrepaidServers<Machine> {
  protected override async orderEnd(call: Call, machine: Machine): Promise<{ at: string | null } | undefined> {
    const end = await orderEnd(call, machine);
    return end ? { at: end.expires_at ?? null } : undefined;
  }
}

/** The subscription whose renewal is off now; null for one that has ended. @throws ProviderError */
export async function orderEnd(call: Call, machine: Machine): Promise<Subscription | null> {
  const client = call.client as HostingerRest;
  const id = machine.subscription_id;
  if (!id) throw client.error('needs_person', `Machine ${machine.id} names no subscription: end it in hPanel → Billing.`);
  const find = async (): Promise<Subscription | undefined> => (await client.subscriptions(call.signal)).find((each) => each.id === id);
  const now = await find();
  if (!now) throw client.error('malformed', `Hostinger does not tell subscription ${id} of machine ${machine.id}; try again later.`);
  if (now.is_auto_renewed) await client.renew(id, false, call.signal);
  const after = now.is_auto_renewed ? await find() : now;
  if (after?.is_auto_renewed) throw client.error('malformed', `Subscription ${id} still renews although it was told not to; try again.`);
  return after?.status === 'cancelled' ? null : (after ?? now);
}

/** Takes an ordered end back; one that was not ordered counts as done. */
export async function undoEnd(call: Call, machine: Machine): Promise<void> {
  const client = call.client as HostingerRest;
  const found = (await client.subscriptions(call.signal)).find((each) => each.id === machine.subscription_id);
  if (found && !found.is_auto_renewed) await client.renew(found.id, true, call.signal);
}

export const machines = new Machines({
  token: 'hostinger:index/vps:Vps',
  noun: 'machine',
  path: MACHINES,
  keys: { one: '', many: '' },
  shape: Machine,
  changes,
  // What was bought cannot be looked for when its payment was never answered: a person decides then.
  orders: 1,
  inputs: {
    itemId: { ...text, required: true },
    dataCenterId: { ...whole, required: true, replace: true },
    templateId: { ...whole, required: true, replace: true },
    hostname: { ...text, required: true, replace: true },
    password: { ...text, required: true, secret: true, replace: true },
    paymentMethodId: { ...whole },
    enableBackups: { ...flag, default: true, replace: true },
    postInstallScriptId: { ...whole, replace: true },
    publicKeyIds: { type: 'array', items: whole, unordered: true },
  },
  outputs: { ipv4: text, ipv6: text, state: text, subscriptionId: text, plan: text, purchaseId: text },
  stableOutputs: ['ipv4', 'ipv6', 'subscriptionId', 'plan', 'purchaseId'],
  idOf: ({ id }) => String(id),
  bornAt: ({ created_at: created }) => Date.parse(created),
  phase: ({ state, actions_lock: lock }) => {
    const told = PHASES[state] ?? 'busy';
    return told === 'ready' && lock === 'locked' ? 'busy' : told;
  },
  mark: {
    query: () => ({}),
    of: ({ hostname }) => [hostname],
    in: ({ hostname }) => (typeof hostname === 'string' ? [hostname] : []),
    // The host name is the mark: nothing else fits into it.
    deeds: () => [],
    ignoresCase: true,
  },
  power: { isOn, isOff, on: act('start', undefined, isOn), off: act('stop', undefined, isOff), reboot: act('restart') },
  order: ({ itemId, dataCenterId, templateId, password, paymentMethodId, enableBackups, postInstallScriptId }, tags, urn) => ({
    item_id: itemId,
    ...(paymentMethodId === undefined ? {} : { payment_method_id: paymentMethodId }),
    setup: {
      data_center_id: dataCenterId,
      template_id: templateId,
      hostname: identityOf(urn, tags).tag,
      password,
      enable_backups: enableBackups !== false,
      ...(postInstallScriptId === undefined ? {} : { post_install_script_id: postInstallScriptId }),
    },
  }),
  secretsOf: (answer): Properties => {
    const order = (answer as Record<string, unknown>)[ORDER_ID];
    return typeof order === 'number' ? { purchaseId: String(order) } : {};
  },
  present: (machine, known, { purchaseId }) => {
    const told: Properties = {
      // Another template after a reinstall, and a plan that only the panel changes, replace nothing.
      itemId: known['itemId'] ?? '',
      templateId: known['templateId'] ?? machine.template?.id ?? 0,
      dataCenterId: machine.data_center_id ?? known['dataCenterId'] ?? 0,
      hostname: known['hostname'] ?? machine.hostname,
    };
    const inputs: Properties = { enableBackups: true, ...known, ...told };
    const outputs: Properties = {
      ...inputs,
      ipv4: machine.ipv4?.[0]?.address ?? '',
      ipv6: machine.ipv6?.[0]?.address ?? '',
      state: machine.state,
      subscriptionId: machine.subscription_id ?? '',
      plan: machine.plan ?? '',
      ...(typeof purchaseId === 'string' && purchaseId !== '' ? { purchaseId } : {}),
    };
    return { inputs, outputs };
  },
});
