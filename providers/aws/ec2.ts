/**
 * EC2's Query API as things with paths, which is how the kit asks: `/instances/i-1`, `/images`. Looks are GET, so that they may be
 * repeated; changes are POST. What EC2 keeps apart and a server needs together, such as the image of a name, is looked up here.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ApiResponse } from '../http.ts';
import { isProviderError } from '../errors.ts';
import { type Ask, type Query, Rest } from '../kit/rest.ts';
import type { AccountConnection } from '../provider.ts';
import { diskGbFor, IMAGES } from './data.ts';
import { at, dialectOf, VERSIONS } from './wire.ts';

/** Values by the names that EC2's forms have. */
export type Params = Record<string, string | number | boolean | undefined>;

/** `name.1`, `name.2` …, with what follows the number. */
export function numbered(name: string, values: readonly (string | number)[], after = ''): Params {
  return Object.fromEntries(values.map((value, place) => [`${name}.${place + 1}${after}`, value]));
}

export function filters(wanted: Readonly<Record<string, readonly string[]>>): Params {
  const each = Object.entries(wanted).map(([name, values], place) => ({
    [`Filter.${place + 1}.Name`]: name,
    ...numbered(`Filter.${place + 1}.Value`, values),
  }));
  return Object.assign({}, ...each) as Params;
}

export function tagParams(tags: Readonly<Record<string, string>>, prefix = 'Tag'): Params {
  const pairs = Object.entries(tags).flatMap(([key, value], place) => [
    [`${prefix}.${place + 1}.Key`, key],
    [`${prefix}.${place + 1}.Value`, value],
  ]);
  return Object.fromEntries(pairs) as Params;
}

export function tagged(types: readonly string[], tags: Readonly<Record<string, string>>): Params {
  const each = types.map((type, place) => ({
    [`TagSpecification.${place + 1}.ResourceType`]: type,
    ...tagParams(tags, `TagSpecification.${place + 1}.Tag`),
  }));
  return Object.assign({}, ...each) as Params;
}

/** A list, which EC2 leaves out or empty when it has nothing in it. */
export const listOf = <T>(item: z.ZodType<T>): z.ZodType<T[]> =>
  z.preprocess((value) => (value === undefined || value === '' ? [] : value), z.array(item)) as z.ZodType<T[]>;
export const Tags = listOf(z.object({ key: z.string(), value: z.string().catch('') }));

interface Kind {
  readonly describe: string;
  /** What an answer lists. */
  readonly listed: (answer: Record<string, unknown>) => unknown;
  readonly id: string;
  readonly pageSize?: number;
  readonly own?: Params;
  readonly isGone?: (item: Record<string, unknown>) => boolean;
  readonly remove?: (id: string) => Params;
}

const stateOf = (item: Record<string, unknown>): string => String((item['instanceState'] as { name?: unknown } | undefined)?.name);
/** Of reservations, the servers; what is no list stays what it is. */
const flat = (sets: unknown): unknown =>
  Array.isArray(sets) ? sets.flatMap((each) => (each as { instancesSet?: unknown[] }).instancesSet ?? []) : sets;
const living = (all: unknown): unknown =>
  Array.isArray(all) ? all.filter((each) => stateOf(each as Record<string, unknown>) !== 'terminated') : all;

const KINDS: Readonly<Record<string, Kind>> = {
  instances: {
    describe: 'DescribeInstances',
    listed: ({ reservationSet }) => living(flat(reservationSet)),
    id: 'InstanceId.1',
    pageSize: 1_000,
    // A terminated one stays listed for an hour, tags and all.
    isGone: (item) => stateOf(item) === 'terminated',
    remove: (id) => ({ Action: 'TerminateInstances', 'InstanceId.1': id }),
  },
  images: {
    describe: 'DescribeImages',
    listed: ({ imagesSet }) => imagesSet,
    id: 'ImageId.1',
    own: { 'Owner.1': 'self' },
    isGone: ({ imageState }) => imageState === 'deregistered',
    remove: (id) => ({ Action: 'DeregisterImage', ImageId: id, DeleteAssociatedSnapshots: true }),
  },
  'key-pairs': {
    describe: 'DescribeKeyPairs',
    listed: ({ keySet }) => keySet,
    id: 'KeyName.1',
    remove: (id) => ({ Action: 'DeleteKeyPair', KeyName: id }),
  },
  'security-groups': {
    describe: 'DescribeSecurityGroups',
    listed: ({ securityGroupInfo }) => securityGroupInfo,
    id: 'GroupId.1',
    pageSize: 1_000,
    remove: (id) => ({ Action: 'DeleteSecurityGroup', GroupId: id }),
  },
  addresses: {
    describe: 'DescribeAddresses',
    listed: ({ addressesSet }) => addressesSet,
    id: 'AllocationId.1',
    remove: (id) => ({ Action: 'ReleaseAddress', AllocationId: id }),
  },
};

const Type = z.object({
  instanceType: z.string(),
  vCpuInfo: z.object({ defaultVCpus: z.coerce.number() }),
  memoryInfo: z.object({ sizeInMiB: z.coerce.number() }),
  processorInfo: z.object({ supportedArchitectures: listOf(z.string()) }),
  supportedRootDeviceTypes: listOf(z.string()),
});
export type Type = z.infer<typeof Type>;
export const Ami = z.object({
  imageId: z.string(),
  name: z.string().catch(''),
  imageState: z.string(),
  creationDate: z.string().catch(''),
  architecture: z.string().catch(''),
  rootDeviceName: z.string().catch('/dev/xvda'),
  blockDeviceMapping: listOf(
    z.looseObject({ ebs: z.looseObject({ volumeSize: z.coerce.number().optional(), snapshotId: z.string().optional() }).optional() }),
  ),
  tagSet: Tags,
});
export type Ami = z.infer<typeof Ami>;
const Volume = z.object({ volumeId: z.string(), size: z.coerce.number() });
const Address = z.object({ allocationId: z.string() });
const Limit = z.object({ attributeName: z.string(), attributeValueSet: listOf(z.object({ attributeValue: z.string() })) });

/** Times that a purchase gets another token because what its token made is gone. */
const TOKENS = 8;
const USUAL_ADDRESSES = 5;

export class Ec2 extends Rest {
  /** Whose other services are elsewhere. */
  readonly account: AccountConnection;
  constructor(account: AccountConnection) {
    super(dialectOf('ec2'), at(account, 'ec2'));
    this.account = account;
  }

  get region(): string {
    return this.connection.credential['region'] ?? '';
  }

  override async send(asked: Ask): Promise<ApiResponse> {
    const [, word = '', encoded, verb] = asked.path.split('/');
    const kind = KINDS[word];
    if (!kind) throw new Error(`EC2 has no ${asked.path}.`);
    const id = encoded === undefined ? undefined : decodeURIComponent(encoded);
    const body = (asked.body ?? {}) as Record<string, unknown>;
    if (asked.method === undefined || asked.method === 'GET')
      return id === undefined ? this.#list(kind, asked) : this.#item(kind, word, id, asked);
    if (asked.method === 'DELETE') return this.act(asked, kind.remove!(id!));
    if (word === 'instances' && id === undefined) return this.#run(asked, body);
    if (word === 'instances') return this.#order(asked, id!, verb ?? '', body);
    return this.act(asked, body as Params);
  }

  /** A change, worded as EC2 does. */
  act(asked: Pick<Ask, 'signal' | 'timeoutMs' | 'repeatable'>, params: Params): Promise<ApiResponse> {
    const { signal, timeoutMs, repeatable } = asked;
    const more = { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(repeatable === undefined ? {} : { repeatable }) };
    return super.send({ ...more, method: 'POST', path: '/', body: { ...params, Version: VERSIONS.ec2 }, signal });
  }

  /** A look, its answer of this shape. */
  async look<T>(params: Params, shape: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    const { body } = await super.send({ path: '/', query: { ...params, Version: VERSIONS.ec2 }, signal });
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    throw this.error('malformed', `${String(params['Action'])}: unexpected answer at "${parsed.error.issues[0]?.path.join('.')}".`);
  }

  async #list({ describe, listed, pageSize, own }: Kind, { query, signal }: Ask): Promise<ApiResponse> {
    const size = pageSize === undefined ? {} : { MaxResults: pageSize };
    const answer = await super.send({ path: '/', query: { Action: describe, Version: VERSIONS.ec2, ...own, ...size, ...query }, signal });
    const body = (answer.body ?? {}) as Record<string, unknown>;
    return { ...answer, body: { items: this.#told(describe, listed(body)), nextToken: body['nextToken'] } };
  }

  async #item({ describe, listed, id: param, isGone }: Kind, word: string, id: string, { signal }: Ask): Promise<ApiResponse> {
    const query: Query = { Action: describe, Version: VERSIONS.ec2, [param]: id };
    const answer = await super.send({ path: '/', query, signal });
    const [item] = this.#told(describe, listed((answer.body ?? {}) as Record<string, unknown>)) as Record<string, unknown>[];
    if (item === undefined || isGone?.(item)) throw this.error('not_found', `AWS has no ${id} among its ${word}.`, { httpStatus: 404 });
    return { ...answer, body: item };
  }

  /** A list may be empty, but an answer without one says nothing. */
  #told(describe: string, list: unknown): unknown[] {
    if (list === '') return [];
    if (Array.isArray(list)) return list;
    throw this.error('malformed', `${describe}: the answer has no list.`);
  }

  /** @throws ProviderError `invalid` for a type that the region does not have */
  async type(name: string, signal?: AbortSignal): Promise<Type> {
    const shape = z.object({ instanceTypeSet: listOf(Type) });
    const { instanceTypeSet: found } = await this.look({ Action: 'DescribeInstanceTypes', 'InstanceType.1': name }, shape, signal);
    if (!found[0]) throw this.error('invalid', `${this.region} has no type ${name}. Choose another.`, { field: 'instanceType' });
    return found[0];
  }

  /** The newest image of a name of our list, or the one of this id. @throws ProviderError `invalid` */
  async ami(named: string, architectures: readonly string[], signal?: AbortSignal): Promise<Ami> {
    const known = IMAGES.find(({ id }) => id === named);
    const which = known
      ? { 'Owner.1': known.owner, ...filters({ name: architectures.map((each) => known.pattern(each)), state: ['available'] }) }
      : { 'ImageId.1': named };
    const { imagesSet } = await this.look({ Action: 'DescribeImages', ...which }, z.object({ imagesSet: listOf(Ami) }), signal);
    const [newest] = imagesSet
      .filter(({ architecture }) => architectures.includes(architecture))
      .sort((a, b) => b.creationDate.localeCompare(a.creationDate));
    const what = `${this.region} has no image "${named}" for ${architectures.join(' or ')}. Choose another image or type.`;
    if (!newest) throw this.error('invalid', what, { field: 'ami' });
    return newest;
  }

  /** Buys one. What can be known to fail is refused before. */
  async #run(asked: Ask, { params, ami, instanceType, region, mark }: Record<string, unknown>): Promise<ApiResponse> {
    const { signal } = asked;
    if (region !== undefined && region !== this.region)
      throw this.error('invalid', `This account speaks to ${this.region} only. Use one of ${String(region)}.`, { field: 'region' });
    const [type] = await Promise.all([this.type(String(instanceType), signal), this.#hasAddress(signal)]);
    const image = await this.ami(String(ami), type.processorInfo.supportedArchitectures, signal);
    const order: Params = {
      ...(params as Params),
      Action: 'RunInstances',
      ImageId: image.imageId,
      'BlockDeviceMapping.1.DeviceName': image.rootDeviceName,
      'BlockDeviceMapping.1.Ebs.VolumeSize': diskGbFor(type.memoryInfo.sizeInMiB),
      'BlockDeviceMapping.1.Ebs.VolumeType': 'gp3',
      'BlockDeviceMapping.1.Ebs.DeleteOnTermination': true,
    };
    for (let attempt = 1; ; attempt++) {
      const ClientToken = tokenOf(String(mark), order, attempt);
      try {
        const answer = await this.act(asked, { ...order, ClientToken });
        const body = (answer.body as { instancesSet?: unknown[] } | undefined)?.instancesSet?.[0];
        return { ...answer, body };
      } catch (error) {
        // The server that this token once made is gone; another one needs another token.
        if (isProviderError(error, 'conflict') && error.detail.providerCode === 'IdempotentInstanceTerminated' && attempt < TOKENS)
          continue;
        if (isProviderError(error, 'not_found')) throw this.error('invalid', `${error.detail.message} Nothing was bought.`);
        throw error;
      }
    }
  }

  /** A server is of use with a lasting address only: whether there is one is known before it is bought. */
  async #hasAddress(signal?: AbortSignal): Promise<void> {
    const limits = z.object({ accountAttributeSet: listOf(Limit) });
    const held = z.object({ addressesSet: listOf(Address) });
    const [{ accountAttributeSet }, { addressesSet }] = await Promise.all([
      this.look({ Action: 'DescribeAccountAttributes', 'AttributeName.1': 'vpc-max-elastic-ips' }, limits, signal),
      this.look({ Action: 'DescribeAddresses' }, held, signal),
    ]);
    const told = accountAttributeSet.find(({ attributeName }) => attributeName === 'vpc-max-elastic-ips');
    const most = Number(told?.attributeValueSet[0]?.attributeValue ?? USUAL_ADDRESSES);
    if (addressesSet.length < most) return;
    throw this.error(
      'quota',
      `All ${most} elastic addresses of ${this.region} are taken, and each server needs one. Ask for more under Service Quotas.`,
    );
  }

  #order(asked: Ask, id: string, verb: string, body: Record<string, unknown>): Promise<ApiResponse> {
    const modify = (params: Params) => this.act(asked, { Action: 'ModifyInstanceAttribute', InstanceId: id, ...params });
    switch (verb) {
      case 'volume':
        return this.#grow(asked, id, String(body['instanceType']));
      case 'root':
        return this.#replaceRoot(asked, id, body);
      case 'tags':
        return this.#retag(asked, id, body as { set: Record<string, string>; drop: string[] });
      case 'type':
        return modify({ 'InstanceType.Value': String(body['instanceType']) });
      case 'attributes':
        return modify(body as Params);
      case 'image':
        return this.act(asked, { Action: 'CreateImage', InstanceId: id, NoReboot: true, ...(body as Params) });
      case 'metadata':
        return this.act(asked, { Action: 'ModifyInstanceMetadataOptions', InstanceId: id, ...(body as Params) });
      default:
        return this.act(asked, { ...(body as Params), 'InstanceId.1': id });
    }
  }

  /** @returns the disk that holds its system */
  async rootVolume(id: string, signal?: AbortSignal): Promise<z.infer<typeof Volume>> {
    const which = filters({ 'attachment.instance-id': [id], 'attachment.delete-on-termination': ['true'] });
    const { volumeSet } = await this.look({ Action: 'DescribeVolumes', ...which }, z.object({ volumeSet: listOf(Volume) }), signal);
    if (!volumeSet[0]) throw this.error('malformed', `AWS tells no root volume of ${id}.`);
    return volumeSet[0];
  }

  /** Grows while the server runs; its system takes the room at its next boot. */
  async #grow(asked: Ask, id: string, instanceType: string): Promise<ApiResponse> {
    const [type, volume] = await Promise.all([this.type(instanceType, asked.signal), this.rootVolume(id, asked.signal)]);
    const wanted = diskGbFor(type.memoryInfo.sizeInMiB);
    if (volume.size >= wanted) return NOTHING_SENT;
    return this.act(asked, { Action: 'ModifyVolume', VolumeId: volume.volumeId, Size: wanted });
  }

  async #replaceRoot(asked: Ask, id: string, { image, architecture }: Record<string, unknown>): Promise<ApiResponse> {
    // Of an image of ours EC2 itself looks whether it fits.
    const { imageId } = await this.ami(
      String(image),
      architecture === undefined ? ['x86_64', 'arm64'] : [String(architecture)],
      asked.signal,
    );
    return this.act(asked, { Action: 'CreateReplaceRootVolumeTask', InstanceId: id, ImageId: imageId, DeleteReplacedRootVolume: true });
  }

  async #retag(asked: Ask, id: string, { set, drop }: { set: Record<string, string>; drop: string[] }): Promise<ApiResponse> {
    const made = await this.act({ ...asked, repeatable: true }, { Action: 'CreateTags', 'ResourceId.1': id, ...tagParams(set) });
    if (drop.length === 0) return made;
    return this.act({ ...asked, repeatable: true }, { Action: 'DeleteTags', 'ResourceId.1': id, ...numbered('Tag', drop, '.Key') });
  }
}

const NOTHING_SENT: ApiResponse = { status: 200, headers: new Headers(), body: {} };

/**
 * The same for the same order, so that EC2 itself answers a repetition with the first server. It has the mark, and so the
 * generation; and what is asked for, since EC2 refuses a token with another order.
 */
function tokenOf(mark: string, order: Params, attempt: number): string {
  const lines = Object.entries(order).map(([key, value]) => `${key}=${String(value)}`);
  return createHash('sha256')
    .update([mark, attempt, ...lines.toSorted()].join('\n'))
    .digest('hex')
    .slice(0, 64);
}
