/** One account's look-ups, power, reinstall, passwords, console and ordered ends, for the service. */
import { z } from 'zod';
import { commonCompute } from '../kit/compute.ts';
import { part } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import { accountOf, meOf } from '../kit/ovhcloud/api.ts';
import { marksOf, shownName } from '../kit/ovhcloud/names.ts';
import type { AccountConnection, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { images, plans, regions } from './catalog.ts';
import { act, addressOf, datacenterOf, endOf, machines, planOf, rebuildOf, setEnd } from './machine.ts';
import { type Machine, OvhVps } from './rest.ts';

const STATUSES: Readonly<Record<string, InstanceStatus>> = {
  running: 'running',
  rescued: 'running',
  stopped: 'stopped',
  installing: 'busy',
};

export function compute(connection: AccountConnection): ComputeClient {
  const client = new OvhVps(connection);
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  const { removeTag: _, ...common } = commonCompute(client, machines, toSummary);
  return {
    /** Also tells whether an order can be paid for. */
    async account(o) {
      const ask = { path: '/me/payment/method', query: { default: true }, signal: o?.signal };
      const [me, paying] = await Promise.all([meOf(client, o?.signal), client.call(ask, z.array(z.number()))]);
      const info = accountOf(me);
      return paying.length > 0 ? info : { ...info, name: `${info.name}, without a default payment method`, status: 'warning' };
    },
    regions: (o) => regions(client, o?.signal),
    plans: (o) => plans(client, o?.signal),
    images: (o) => images(client, o?.signal),
    ...common,
    /** Without a key OVH mails a password. */
    async rebuild(id, { image, sshPublicKeys = [] }, o) {
      await machines.perform(call(o), id, rebuildOf(id, image, sshPublicKeys[0]));
      await machines.perform(call(o), id, machines.sheet.power.on);
      return {};
    },
    async resetPassword(id, _password, o) {
      await machines.perform(call(o), id, act('setPassword'));
      const { email } = await meOf(client, o?.signal);
      return { how: 'mailed', to: email ?? null };
    },
    async console(id, o) {
      await machines.ready(call(o), id);
      const ask = { method: 'POST', path: `/vps/${part(id)}/getConsoleUrl`, signal: signalOf(o), repeatable: true } as const;
      const url = await client.call(ask, z.string());
      return { kind: /^wss?:/.test(url) ? 'serial' : 'page', url, expiresAt: null, subprotocol: 'binary' };
    },
    bandwidth: async () => [],
    endings: {
      async orderedEnd(id, o) {
        const { service } = await machines.must(call(o), id);
        return service.renew?.deleteAtExpiration === true ? { at: endOf(service) } : null;
      },
      async setEnd(id, o) {
        await setEnd(call(o), id, true);
        return { at: endOf((await machines.must(call(o), id)).service) };
      },
      undoEnd: (id, o) => setEnd(call(o), id, false),
    },
    listOwned: async () => [],
  };
}

function toSummary(machine: Machine): InstanceSummary {
  const { vps, service } = machine;
  const name = vps.displayName ?? vps.name;
  return {
    id: vps.name,
    label: shownName(name),
    status: service.status === 'expired' ? 'suspended' : (STATUSES[vps.state] ?? 'busy'),
    region: datacenterOf(machine),
    plan: planOf(machine),
    image: null,
    ipv4: addressOf(machine, 'v4') || null,
    ipv6: addressOf(machine, 'v6') || null,
    tags: marksOf(name),
    createdAt: new Date(service.creation).toISOString(),
    ...(service.renew?.deleteAtExpiration === true ? { endsAt: endOf(service) } : {}),
  };
}
