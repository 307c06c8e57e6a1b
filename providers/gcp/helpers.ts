/** What stands beside an instance at Google: its lasting address, and the rules of its network that are aimed at it. */
import { z } from 'zod';
import { nameFor, textList } from '../kit/names.ts';
import { Objects, set, text, whole } from '../kit/object.ts';
import type { Json, Properties, PropertySpec } from '../resource.ts';
import { type Gce, lastOf, pathOf } from './gce.ts';

const project = { ...text, replace: true, computed: true } as const;

const Address = z.object({ name: z.string(), selfLink: z.string(), address: z.string().catch(''), region: z.string().catch('') });
type Address = z.infer<typeof Address>;

/** Names are unique in a region, so an order that was lost is found by its name. */
export const addresses = new Objects<Address>({
  token: 'gcp:compute/address:Address',
  noun: 'address',
  path: '/addresses',
  keys: { one: '', many: 'items' },
  shape: Address,
  inputs: { name: { ...text, replace: true, computed: true }, region: { ...text, replace: true, computed: true }, project },
  outputs: { address: text, name: text, selfLink: text },
  stableOutputs: ['address', 'name', 'selfLink'],
  idOf: ({ selfLink }) => pathOf(selfLink),
  nameFor,
  isOwn: (item, name, { region }) => item.name === name && lastOf(item.region) === region,
  listing: (name) => ({ query: { filter: `name=${name}` } }),
  body: ({ region }, name) => ({ at: `regions/${String(region)}/addresses`, body: { name } }),
  present: ({ name, address, selfLink, region }, known) => {
    const inputs = { ...known, name, region: lastOf(region) };
    return { inputs, outputs: { ...inputs, address, selfLink } };
  },
});

const Traffic = z.object({ IPProtocol: z.string(), ports: z.array(z.string()).default([]) });
const Firewall = z.object({
  name: z.string(),
  selfLink: z.string(),
  network: z.string(),
  priority: z.number().catch(1_000),
  allowed: z.array(Traffic).optional(),
  denied: z.array(Traffic).optional(),
  sourceRanges: z.array(z.string()).default([]),
  targetTags: z.array(z.string()).default([]),
});
type Firewall = z.infer<typeof Firewall>;
const traffic: PropertySpec = set({
  type: 'object',
  properties: { protocol: { ...text, required: true }, ports: { type: 'array', items: text } },
});
const toApi = (rules: Json | undefined): object[] =>
  (Array.isArray(rules) ? rules : []).map((each) => {
    const { protocol, ports } = each as Properties;
    return { IPProtocol: protocol, ...(textList(ports).length > 0 ? { ports: textList(ports) } : {}) };
  });
const fromApi = (rules: Firewall['allowed']): Properties[] =>
  (rules ?? []).map(({ IPProtocol: protocol, ports }) => ({ protocol, ...(ports.length > 0 ? { ports } : {}) }));

/** One for each set of sources: rules of a network take IPv4 and IPv6 apart. */
export const firewalls = new Objects<Firewall>({
  token: 'gcp:compute/firewall:Firewall',
  noun: 'firewall',
  path: '/firewalls',
  keys: { one: '', many: 'items' },
  shape: Firewall,
  inputs: {
    allows: traffic,
    denies: traffic,
    direction: { ...text, replace: true, computed: true },
    name: { ...text, replace: true, computed: true },
    network: { ...text, required: true },
    priority: { ...whole, default: 1_000 },
    project,
    sourceRanges: set(text),
    targetTags: set(text),
  },
  outputs: { name: text, selfLink: text },
  stableOutputs: ['name', 'selfLink'],
  idOf: ({ selfLink }) => pathOf(selfLink),
  nameFor,
  isOwn: (item, name) => item.name === name,
  listing: (name) => ({ query: { filter: `name=${name}` } }),
  body: (inputs, name) => ({
    at: 'global/firewalls',
    body: { name, network: `global/networks/${String(inputs['network'])}`, direction: 'INGRESS', ...rulesOf(inputs) },
  }),
  async settle({ client, signal }, item, inputs) {
    const wanted = rulesOf(inputs);
    if (key(rulesOf(told(item))) === key(wanted)) return;
    const gce = client as Gce;
    await gce.ended(await gce.act({ signal, repeatable: true }, pathOf(item.selfLink), wanted, 'PATCH'), `change of ${item.name}`, signal);
  },
  present: (item, known) => {
    const inputs: Properties = { ...known, ...told(item), name: item.name, network: known['network'] ?? lastOf(item.network) };
    return { inputs, outputs: { ...inputs, selfLink: item.selfLink } };
  },
});

const told = ({ allowed, denied, priority, sourceRanges, targetTags }: Firewall): Properties => ({
  ...(allowed ? { allows: fromApi(allowed) } : {}),
  ...(denied ? { denies: fromApi(denied) } : {}),
  priority,
  sourceRanges,
  targetTags,
});
const rulesOf = ({ allows, denies, priority, sourceRanges, targetTags }: Properties): object => ({
  ...(allows ? { allowed: toApi(allows) } : {}),
  ...(denies ? { denied: toApi(denies) } : {}),
  priority: priority ?? 1_000,
  sourceRanges: textList(sourceRanges).toSorted(),
  targetTags: textList(targetTags).toSorted(),
});
const key = (rules: object): string => JSON.stringify(rules);
