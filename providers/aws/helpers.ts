/** What stands beside an instance: key pairs, security groups, the lasting address and its name. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { checkPublicKey } from '../kit/keys.ts';
import { given, nameFor, sameKey, textList } from '../kit/names.ts';
import { Objects, set, text, whole } from '../kit/object.ts';
import { orGone, type Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { Json, Properties, PropertySpec, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { type Ec2, filters, listOf, type Params, tagged, Tags } from './ec2.ts';

const pairs: PropertySpec = { type: 'object', additional: text };
const region: PropertySpec = { ...text, replace: true, computed: true };
const lastOf = (urn: string): string => urn.split('::').at(-1)!;
const pairsIn = (tags: Json | undefined): Record<string, string> => (tags ?? {}) as Record<string, string>;
const pairsOf = (tags: z.infer<typeof Tags>): Properties => Object.fromEntries(tags.map(({ key, value }) => [key, value]));
/** What the program says counts where the vendor tells nothing else. */
const kept = (known: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(names.filter((name) => known[name] !== undefined).map((name) => [name, known[name]!]));

const KeyPair = z.object({ keyName: z.string(), keyFingerprint: z.string().catch(''), publicKey: z.string().optional(), tagSet: Tags });
type KeyPair = z.infer<typeof KeyPair>;

/** A region takes one key under as many names as there are servers with it. */
export const keyPairs = new Objects<KeyPair>({
  token: 'aws:ec2/keyPair:KeyPair',
  noun: 'key pair',
  path: '/key-pairs',
  keys: { one: '', many: 'items' },
  shape: KeyPair,
  inputs: {
    keyName: { ...text, replace: true, computed: true },
    publicKey: { ...text, required: true, replace: true, same: sameKey },
    region,
    tags: pairs,
  },
  outputs: { fingerprint: text, keyName: text },
  stableOutputs: ['fingerprint', 'keyName'],
  check: checkPublicKey,
  idOf: ({ keyName }) => keyName,
  nameFor: ({ keyName }, urn) => (typeof keyName === 'string' ? keyName : lastOf(urn)),
  listing: (name) => ({ query: filters({ 'key-name': [name] }) as Record<string, string> }),
  isOwn: ({ keyName }, name) => keyName === name,
  body: ({ publicKey, tags }, KeyName) => ({
    Action: 'ImportKeyPair',
    KeyName,
    PublicKeyMaterial: Buffer.from(String(publicKey).trim()).toString('base64'),
    ...(tags ? tagged(['key-pair'], pairsIn(tags)) : {}),
  }),
  present: ({ keyName, keyFingerprint: fingerprint, publicKey }, known) => {
    const inputs = { ...known, keyName, publicKey: known['publicKey'] ?? publicKey ?? '' };
    return { inputs, outputs: { ...inputs, fingerprint } };
  },
});

const Rule = z.object({
  ipProtocol: z.string(),
  fromPort: z.coerce.number().optional(),
  toPort: z.coerce.number().optional(),
  ipRanges: listOf(z.object({ cidrIp: z.string() })),
  ipv6Ranges: listOf(z.object({ cidrIpv6: z.string() })),
});
type Rule = z.infer<typeof Rule>;
const Group = z.object({
  groupId: z.string(),
  // The answer to an order tells the id alone.
  groupName: z.string().catch(''),
  groupDescription: z.string().catch(''),
  vpcId: z.string().catch(''),
  ipPermissions: listOf(Rule),
  tagSet: Tags,
});
type Group = z.infer<typeof Group>;

const rule: PropertySpec = {
  type: 'object',
  properties: { protocol: { ...text, required: true }, fromPort: whole, toPort: whole, cidrBlocks: set(text), ipv6CidrBlocks: set(text) },
};

/** One line for each network that a rule lets in: EC2 cuts and joins rules as it likes. */
function lines(rules: Json | undefined): string[] {
  return (Array.isArray(rules) ? rules : []).flatMap((each) => {
    const { protocol, fromPort, toPort, cidrBlocks, ipv6CidrBlocks } = each as Properties;
    const ports = String(protocol) === '-1' ? '' : `${String(fromPort ?? '')}-${String(toPort ?? '')}`;
    return [...textList(cidrBlocks), ...textList(ipv6CidrBlocks)].map((cidr) => `${String(protocol)} ${ports} ${cidr}`);
  });
}
const sameRules = (a: Json | undefined, b: Json | undefined): boolean => lines(a).toSorted().join() === lines(b).toSorted().join();

function fromApi({ ipPermissions }: Group): Properties[] {
  return ipPermissions.map(({ ipProtocol, fromPort, toPort, ipRanges, ipv6Ranges }) => ({
    protocol: ipProtocol,
    fromPort: fromPort ?? 0,
    toPort: toPort ?? 0,
    ...(ipRanges.length > 0 ? { cidrBlocks: ipRanges.map(({ cidrIp }) => cidrIp) } : {}),
    ...(ipv6Ranges.length > 0 ? { ipv6CidrBlocks: ipv6Ranges.map(({ cidrIpv6 }) => cidrIpv6) } : {}),
  }));
}

function permissions(all: readonly string[]): Params {
  const each = all.map((line, place) => {
    const [protocol = '', ports = '', cidr = ''] = line.split(' ');
    const [, from, to] = /^(-?\d+)-(-?\d+)$/.exec(ports) ?? [];
    const at = `IpPermissions.${place + 1}`;
    const where = cidr.includes(':') ? { [`${at}.Ipv6Ranges.1.CidrIpv6`]: cidr } : { [`${at}.IpRanges.1.CidrIp`]: cidr };
    return { [`${at}.IpProtocol`]: protocol, ...given({ [`${at}.FromPort`]: from, [`${at}.ToPort`]: to }), ...where };
  });
  return Object.assign({}, ...each) as Params;
}

export const groups = new Objects<Group>({
  token: 'aws:ec2/securityGroup:SecurityGroup',
  noun: 'security group',
  path: '/security-groups',
  keys: { one: '', many: 'items' },
  shape: Group,
  inputs: {
    description: { ...text, default: 'Managed by Pulumi', replace: true },
    egress: { ...set(rule), computed: true },
    ingress: { ...set(rule), computed: true, same: sameRules },
    name: { ...text, replace: true, computed: true },
    region,
    revokeRulesOnDelete: { type: 'boolean', default: false },
    tags: pairs,
    vpcId: { ...text, replace: true, computed: true },
  },
  outputs: { name: text, vpcId: text },
  stableOutputs: ['vpcId', 'name'],
  idOf: ({ groupId }) => groupId,
  nameFor,
  listing: (name, { vpcId }) => ({
    query: filters({ 'group-name': [name], ...(typeof vpcId === 'string' ? { 'vpc-id': [vpcId] } : {}) }) as Record<string, string>,
  }),
  isOwn: ({ groupName }, name) => groupName === name,
  body: ({ description, vpcId, tags }, GroupName) => ({
    Action: 'CreateSecurityGroup',
    GroupName,
    GroupDescription: description ?? 'Managed by Pulumi',
    ...given({ VpcId: vpcId }),
    ...(tags ? tagged(['security-group'], pairsIn(tags)) : {}),
  }),
  async settle(call, { groupId }, { ingress }) {
    // Made a moment ago it may not be seen yet; what is read then is empty.
    const [now, wanted] = [lines(fromApi(await seen(call, groupId))), lines(ingress)];
    const [missing, others] = [wanted.filter((each) => !now.includes(each)), now.filter((each) => !wanted.includes(each))];
    if (missing.length > 0) await setRules(call, 'AuthorizeSecurityGroupIngress', groupId, missing);
    if (others.length > 0) await setRules(call, 'RevokeSecurityGroupIngress', groupId, others);
  },
  present: (item, known) => {
    const told = fromApi(item);
    const inputs: Properties = {
      ...known,
      name: item.groupName,
      ingress: sameRules(known['ingress'], told) ? (known['ingress'] ?? []) : told,
    };
    return { inputs, outputs: { ...inputs, vpcId: item.vpcId } };
  },
});

/** Waits for what was just made, as long as EC2 may not show it. */
function seen(call: Call, groupId: string): Promise<Group> {
  const { provider } = call.client.dialect;
  const wait = { provider, what: `security group ${groupId} to show`, key: `${provider}/group`, signal: call.signal };
  return waitFor({
    ...wait,
    deadlineMs: call.client.consistencyMs + 60_000,
    probe: async () => (await groups.get(call, groupId)) ?? undefined,
  });
}

/** A rule that is there, or gone, already counts as done. */
async function setRules({ client, signal }: Call, Action: string, GroupId: string, wanted: readonly string[]): Promise<void> {
  for (const line of wanted) {
    const done = (client as Ec2).act({ signal, repeatable: true }, { Action, GroupId, ...permissions([line]) });
    await done.catch((error: unknown) => {
      if (
        !isProviderError(error, 'conflict') &&
        !(isProviderError(error, 'not_found') && error.detail.providerCode === 'InvalidPermission.NotFound')
      )
        throw error;
    });
  }
}

const Address = z.object({
  allocationId: z.string(),
  publicIp: z.string(),
  associationId: z.string().optional(),
  instanceId: z.string().optional(),
  tagSet: Tags,
});
type Address = z.infer<typeof Address>;

/** Allocating has no token that makes it once: the name in its tags is looked for. */
export const addresses = new Objects<Address>({
  token: 'aws:ec2/eip:Eip',
  noun: 'elastic address',
  path: '/addresses',
  keys: { one: '', many: 'items' },
  shape: Address,
  inputs: { domain: { ...text, replace: true, computed: true, oneOf: ['vpc'] }, instance: text, region, tags: pairs },
  outputs: { allocationId: text, associationId: text, publicIp: text, domain: text },
  stableOutputs: ['allocationId', 'publicIp', 'domain'],
  idOf: ({ allocationId }) => allocationId,
  nameFor: ({ tags }, urn) => pairsIn(tags)['Name'] ?? lastOf(urn),
  listing: (name) => ({ query: filters({ 'tag:Name': [name] }) as Record<string, string> }),
  isOwn: ({ tagSet }, name) => pairsOf(tagSet)['Name'] === name,
  body: ({ tags }, name) => ({ Action: 'AllocateAddress', Domain: 'vpc', ...tagged(['elastic-ip'], { ...pairsIn(tags), Name: name }) }),
  async settle(call, item, { instance }) {
    if (typeof instance === 'string' && instance !== '' && item.instanceId !== instance) await associate(call, item.allocationId, instance);
  },
  async release(call, { associationId }) {
    if (associationId)
      await orGone(
        (call.client as Ec2).act(
          { signal: call.signal, repeatable: true },
          { Action: 'DisassociateAddress', AssociationId: associationId },
        ),
      );
  },
  present: ({ allocationId, associationId = '', publicIp, instanceId }, known) => {
    const inputs: Properties = {
      ...kept(known, ['region', 'tags']),
      domain: 'vpc',
      ...(instanceId || known['instance'] !== undefined ? { instance: instanceId ?? '' } : {}),
    };
    return { inputs, outputs: { ...inputs, allocationId, associationId, publicIp } };
  },
});

/** An instance that is starting takes none yet. */
async function associate(call: Call, AllocationId: string, InstanceId: string): Promise<void> {
  const { provider } = call.client.dialect;
  const order = { Action: 'AssociateAddress', AllocationId, InstanceId, AllowReassociation: true };
  const wait = {
    provider,
    what: `instance ${InstanceId} to take its address`,
    key: `${provider}/address`,
    signal: call.signal,
    deadlineMs: 5 * 60_000,
  };
  await waitFor({
    ...wait,
    probe: async () => {
      try {
        await (call.client as Ec2).act({ signal: call.signal, repeatable: true }, order);
        return true;
      } catch (error) {
        if (isProviderError(error, 'conflict')) return undefined;
        throw error;
      }
    },
  });
}

const ReverseNames = z.object({ addressSet: listOf(z.object({ allocationId: z.string(), ptrRecord: z.string().optional() })) });
const FIVE_MIN = 5 * 60_000;

/** `aws:ec2/eipDomainName:EipDomainName`: EC2 looks whether the name leads to the address before it takes it. */
export const reverseNames: ResourceDefinition<Rest> = {
  token: 'aws:ec2/eipDomainName:EipDomainName',
  inputs: { allocationId: { ...text, required: true }, domainName: { ...text, required: true }, region: { ...text, computed: true } },
  outputs: { ptrRecord: text },
  timeoutsMs: { create: 15 * 60_000, update: 15 * 60_000, delete: FIVE_MIN },
  replaceOn: (before, after) => (before['allocationId'] === after['allocationId'] ? [] : ['allocationId']),
  create: async (ctx, inputs) => ({ id: String(inputs['allocationId']), outputs: await point(ctx, inputs) }),
  async read(ctx, id, state) {
    const ptr = await pointerOf(ctx, id);
    if (!ptr) return null;
    const inputs = { ...state?.inputs, allocationId: id, domainName: ptr.replace(/\.$/, '') };
    return { id, inputs, outputs: { ...inputs, ptrRecord: ptr } };
  },
  update: (ctx, _, { inputs }) => point(ctx, inputs),
  async delete({ client, signal }, id) {
    const order = { Action: 'ResetAddressAttribute', AllocationId: id, Attribute: 'domain-name' };
    await orGone((client as Ec2).act({ signal, repeatable: true }, order));
  },
};

async function point({ client, signal }: Call, inputs: Properties): Promise<Properties> {
  const { allocationId, domainName } = inputs;
  const order = { Action: 'ModifyAddressAttribute', AllocationId: String(allocationId), DomainName: String(domainName) };
  await (client as Ec2).act({ signal, repeatable: true }, order);
  return { ...inputs, ptrRecord: `${String(domainName)}.` };
}

async function pointerOf({ client, signal }: Call, id: string): Promise<string | undefined> {
  const params = { Action: 'DescribeAddressesAttribute', 'AllocationId.1': id, Attribute: 'domain-name' };
  const told = await orGone((client as Ec2).look(params, ReverseNames, signal));
  return told?.addressSet.find(({ allocationId }) => allocationId === id)?.ptrRecord;
}
