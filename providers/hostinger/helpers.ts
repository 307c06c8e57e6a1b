/** Keys, firewalls and reverse names beside a machine at Hostinger. */
import { z } from 'zod';
import { objectList, sameKey } from '../kit/names.ts';
import { Objects, text, whole } from '../kit/object.ts';
import type { Rest } from '../kit/rest.ts';
import { reverseNames } from '../kit/reverse.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Json, Properties, ResourceDefinition } from '../resource.ts';
import { machines } from './machine.ts';
import { type Machine, VPS } from './rest.ts';

const Key = z.looseObject({ id: z.number(), name: z.string(), key: z.string() });
type Key = z.infer<typeof Key>;

/** There is no call for one key: it is looked for in the list. */
class Keys extends Objects<Key> {
  override async get(call: Call, id: string): Promise<Key | null> {
    return (await this.list(call)).find((each) => String(each.id) === id) ?? null;
  }
}
export const keys = new Keys({
  token: 'hostinger:index/publicKey:PublicKey',
  noun: 'key',
  path: `${VPS}/public-keys`,
  keys: { one: '', many: 'data' },
  shape: Key,
  inputs: { name: { ...text, required: true, replace: true }, key: { ...text, required: true, replace: true, same: sameKey } },
  outputs: {},
  idOf: ({ id }) => String(id),
  bornAt: ({ id }) => id,
  nameFor: ({ name }) => String(name),
  isOwn: (item, name, { key }) => item.name === name && sameKey(item.key, key),
  body: ({ key }, name) => ({ name, key }),
  present: (item, known) => {
    const told: Properties = { name: item.name, key: sameKey(item.key, known['key']) ? known['key']! : item.key };
    return { inputs: told, outputs: told };
  },
});

const Script = z.looseObject({ id: z.number(), name: z.string(), content: z.string() });
type Script = z.infer<typeof Script>;

/** Needed for one first boot and deleted after it: that it is gone later is no loss and nothing to mend. */
class Scripts extends Objects<Script> {
  override resource(): ResourceDefinition<Rest> {
    const definition = super.resource();
    return {
      ...definition,
      read: async (ctx, id, state) => (await definition.read(ctx, id, state)) ?? (state ? { id, ...state } : null),
      // Its work is done: another content reaches the machine with its next reinstall only.
      update: async (ctx, id, change) => ((await this.get(ctx, id)) ? await definition.update!(ctx, id, change) : { ...change.inputs }),
    };
  }
}
/** Found by its name, which is the VPS's; a content that differs is set. */
export const scripts = new Scripts({
  token: 'hostinger:index/postInstallScript:PostInstallScript',
  noun: 'post-install script',
  path: `${VPS}/post-install-scripts`,
  keys: { one: '', many: 'data' },
  shape: Script,
  inputs: { name: { ...text, required: true, replace: true }, content: { ...text, required: true, secret: true } },
  outputs: {},
  idOf: ({ id }) => String(id),
  bornAt: ({ id }) => id,
  nameFor: ({ name }) => String(name),
  isOwn: (item, name) => item.name === name,
  body: ({ content }, name) => ({ name, content }),
  change: 'PUT',
  present: ({ name, content }) => ({ inputs: { name, content }, outputs: { name, content } }),
});

const Rule = z.looseObject({ id: z.number(), protocol: z.string(), port: z.string(), source: z.string(), source_detail: z.string() });
const Firewall = z.looseObject({ id: z.number(), name: z.string(), is_synced: z.boolean(), rules: z.array(Rule).nullish() });
type Firewall = z.infer<typeof Firewall>;

/** Equal for sets of rules that mean the same. */
function rulesKey(rules: readonly { protocol: Json; port: Json; source: Json }[]): string {
  return rules
    .map(({ protocol, port, source }) => [protocol, port, source].map(String).join(' '))
    .toSorted()
    .join('\n');
}
function wantedRules(rules: Json | undefined): { protocol: string; port: string; source: string }[] {
  return objectList(rules).map((rule) => ({
    protocol: String(rule['protocol']),
    port: String(rule['port'] ?? 'any'),
    source: String(rule['source'] ?? 'any'),
  }));
}
function heldRules({ rules }: Firewall): { protocol: string; port: string; source: string }[] {
  return (rules ?? []).map((rule) => ({
    protocol: rule.protocol,
    port: rule.port,
    source: rule.source === 'any' ? 'any' : rule.source_detail,
  }));
}

export const firewalls = new Objects<Firewall>({
  token: 'hostinger:index/firewall:Firewall',
  noun: 'firewall',
  path: `${VPS}/firewall`,
  keys: { one: '', many: 'data' },
  shape: Firewall,
  inputs: {
    name: { ...text, required: true, replace: true },
    virtualMachineId: { ...whole, required: true, replace: true },
    rules: {
      type: 'array',
      required: true,
      unordered: true,
      items: { type: 'object', properties: { protocol: text, port: text, source: text } },
    },
  },
  outputs: {},
  idOf: ({ id }) => String(id),
  bornAt: ({ id }) => id,
  nameFor: ({ name }) => String(name),
  isOwn: (item, name) => item.name === name,
  body: (_, name) => ({ name }),
  async settle(call, firewall, { rules, virtualMachineId }) {
    const wanted = wantedRules(rules);
    const path = `${VPS}/firewall/${firewall.id}`;
    if (rulesKey(heldRules(firewall)) !== rulesKey(wanted) || !firewall.is_synced) {
      const body = {
        rules: wanted.map(({ protocol, port, source }) => {
          return { protocol, port, source: source === 'any' ? 'any' : 'custom', source_detail: source };
        }),
        sync: true,
      };
      await call.client.send({ method: 'PUT', path: `${path}/rules`, body, repeatable: true, signal: call.signal });
    }
    const isDone = (machine: Machine): boolean => machine.firewall_group_id === firewall.id;
    const deed = { type: 'activate firewall', at: `${path}/activate/${String(virtualMachineId)}`, repeatable: true, isDone };
    await machines.perform(call, String(virtualMachineId), deed);
  },
  present: (item, known) => {
    const told: Properties = { ...known, name: item.name, rules: heldRules(item).map(({ ...rule }) => rule) };
    return { inputs: told, outputs: told };
  },
});

/** `hostinger:index/ptr:Ptr`: the reverse name of one address of a machine. */
export const ptr = reverseNames<Machine>({
  token: 'hostinger:index/ptr:Ptr',
  inputs: {
    virtualMachineId: { ...whole, required: true, replace: true },
    address: { ...text, required: true, replace: true },
    domain: { ...text, required: true },
  },
  servers: machines,
  words: { server: 'virtualMachineId', address: 'address', name: 'domain' },
  idOf: (machine, address) => `${machine}/${address}`,
  id: /^(\d+)\/(.+)$/,
  nameOf: (machine, address) => held(machine, address)?.ptr,
  async deed(call, id, address, domain) {
    const found = held(await (domain === null ? machines.must(call, id) : machines.ready(call, id)), address);
    if (domain === null) return found ? { type: 'drop reverse name', path: `/ptr/${found.id}`, method: 'DELETE', repeatable: true } : null;
    if (!found) throw call.client.error('invalid', `${address} is no address of machine ${id}.`, { field: 'address' });
    return { type: 'set reverse name', path: `/ptr/${found.id}`, body: { domain }, repeatable: true };
  },
});

function held({ ipv4, ipv6 }: Machine, address: string): { id: number; ptr?: string | null | undefined } | undefined {
  return [...(ipv4 ?? []), ...(ipv6 ?? [])].find((each) => each.address === address);
}
