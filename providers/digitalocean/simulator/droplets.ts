/** Droplets: validation as strict as the API's own, creation, listing and destruction. */
import type { Request, Response, Router } from 'express';
import type { SimAccount } from '../../simulation.ts';
import { startAction } from './actions.ts';
import { dropletShape } from './shapes.ts';
import {
  accountOf,
  addTag,
  findImage,
  findRegion,
  findSize,
  isoNow,
  isSold,
  notFound,
  pendingEvent,
  sendPage,
  unprocessable,
  type Cloud,
  type SimDroplet,
  type SimSnapshot,
} from './state.ts';

const USER_DATA_BYTES = 64 * 1024;
/** How long a listing by tag may miss a new droplet. */
const TAG_LAG_MS = 1_000;
const LONG_TAG_LAG_MS = 10_000;

export function dropletRoutes(router: Router, cloud: Cloud): void {
  router.get('/v2/droplets', (request, response) => {
    const { tag_name: tag, name } = request.query;
    const now = cloud.world.now();
    const own = cloud.droplets.filter(
      (droplet) =>
        droplet.account === accountOf(response).id &&
        (tag === undefined || (droplet.tags.includes(String(tag)) && droplet.taggedFrom <= now)) &&
        (name === undefined || droplet.name === name),
    );
    sendPage(
      request,
      response,
      'droplets',
      own.toReversed().map((droplet) => dropletShape(cloud, droplet)),
    );
  });
  router.post('/v2/droplets', (request, response) => create(cloud, request, response));
  router.get('/v2/droplets/:id', (request, response) => {
    response.json({ droplet: dropletShape(cloud, ownDroplet(cloud, response, request.params.id)) });
  });
  router.delete('/v2/droplets/:id', (request, response) => {
    const droplet = ownDroplet(cloud, response, request.params.id);
    if (droplet.locked) throw pendingEvent();
    if (cloud.world.hasFlag('keep-on-delete', droplet.id)) return void response.status(204).end();
    cloud.droplets.put({ ...droplet, destroying: true });
    startAction(cloud, droplet.id, 'destroy', {});
    response.status(204).end();
  });
}

export function ownDroplet(cloud: Cloud, response: Response, id: string | undefined): SimDroplet {
  const droplet = cloud.droplets.get(id ?? '');
  if (!droplet || droplet.account !== accountOf(response).id) throw notFound();
  return droplet;
}

function create(cloud: Cloud, request: Request, response: Response): void {
  const account = accountOf(response);
  const body = (request.body ?? {}) as Record<string, unknown>;
  const names = body['names'] === undefined ? [body['name']] : (body['names'] as unknown[]);
  const plan = validate(cloud, account, body, names);
  const made = names.map((name) => make(cloud, account, body, String(name), plan));
  const link = ({ action }: { action: { id: string } }): Record<string, unknown> => ({
    id: Number(action.id),
    rel: 'create',
    href: `${request.protocol}://${request.get('host') ?? 'localhost'}${request.baseUrl}/v2/actions/${action.id}`,
  });
  const links = { actions: made.map(link) };
  const shapes = made.map(({ droplet }) => dropletShape(cloud, droplet));
  response.status(202).json(body['names'] === undefined ? { droplet: shapes[0], links } : { droplets: shapes, links });
}

interface Plan {
  readonly region: string;
  readonly size: string;
  readonly disk: number;
  readonly image: number;
  /** The account's own image that it is made from. */
  readonly own: SimSnapshot | undefined;
  readonly tags: string[];
  readonly sshKeys: string[];
}

function validate(cloud: Cloud, account: SimAccount, body: Record<string, unknown>, names: unknown[]): Plan {
  if (names.length === 0 || names.length > 10) throw unprocessable('You can create between 1 and 10 Droplets at a time.');
  for (const name of names) {
    if (typeof name !== 'string' || !/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?$/.test(name))
      throw unprocessable('Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)');
  }
  const size = findSize(body['size']);
  if (!size) throw unprocessable('You specified an invalid size for Droplet creation.');
  const region = findRegion(body['region'] === undefined || body['region'] === '' ? 'nyc3' : body['region']);
  if (!region) throw unprocessable('You specified an invalid region for Droplet creation.');
  if (!region.available) throw unprocessable('Region is not available');
  if (!isSold(cloud, size, region)) throw unprocessable('Size is not available in this region.');
  const own = ownImage(cloud, account, body['image'], region.slug);
  const image = own ? findImage(own.image) : findImage(body['image']);
  if (!image || (!own && image.status === 'retired')) throw unprocessable('You specified an invalid image for Droplet creation.');
  if ((own ?? image).minDisk > size.disk) throw unprocessable('Image is too large for this size.');
  const userData = body['user_data'];
  if (userData !== undefined && userData !== null && (typeof userData !== 'string' || Buffer.byteLength(userData) > USER_DATA_BYTES))
    throw unprocessable('User data is too long (maximum is 64KiB).');
  const tags = (body['tags'] ?? []) as string[];
  if (!Array.isArray(tags)) throw unprocessable('Tags must be an array.');
  const sshKeys = ((body['ssh_keys'] ?? []) as unknown[]).map((key) => findKey(cloud, account, key));
  const live = cloud.droplets.filter((droplet) => droplet.account === account.id && !droplet.destroying).length;
  if (live + names.length > account.instanceLimit) throw unprocessable('creating this/these droplet(s) will exceed your droplet limit');
  return { region: region.slug, size: size.slug, disk: size.disk, image: image.id, own, tags, sshKeys };
}

/** Snapshots and backups are images; each is where it was made. */
function ownImage(cloud: Cloud, account: SimAccount, wanted: unknown, region: string): SimSnapshot | undefined {
  const image = cloud.snapshots.get(String(wanted));
  return image && image.account === account.id && image.region === region ? image : undefined;
}

function findKey(cloud: Cloud, account: SimAccount, idOrFingerprint: unknown): string {
  const text = String(idOrFingerprint);
  const key = cloud.keys.find((key) => key.account === account.id && (key.id === text || key.fingerprint === text));
  if (!key) throw unprocessable(`${text} are invalid key identifiers for Droplet creation.`);
  return key.id;
}

function make(
  cloud: Cloud,
  account: SimAccount,
  body: Record<string, unknown>,
  name: string,
  plan: Plan,
): { droplet: SimDroplet; action: { id: string } } {
  const { world } = cloud;
  for (const tag of plan.tags) addTag(cloud, account.id, tag);
  const number = world.nextInt('droplet', 456_100_001);
  const lag = world.hasFlag('consistency-lag') ? LONG_TAG_LAG_MS : TAG_LAG_MS;
  const droplet = cloud.droplets.put({
    id: String(number),
    account: account.id,
    name,
    status: 'new',
    locked: true,
    destroying: false,
    region: plan.region,
    size: plan.size,
    disk: plan.disk,
    image: plan.image,
    restoredFrom: plan.own ?? null,
    backups: body['backups'] === true,
    backupPolicy: (body['backup_policy'] as SimDroplet['backupPolicy']) ?? null,
    ipv6: body['ipv6'] === true,
    monitoring: body['monitoring'] === true,
    publicNetworking: body['public_networking'] !== false,
    vpcUuid: typeof body['vpc_uuid'] === 'string' ? body['vpc_uuid'] : defaultVpc(plan.region),
    tags: plan.tags,
    sshKeys: plan.sshKeys,
    userData: typeof body['user_data'] === 'string' ? body['user_data'] : null,
    ipv4: world.allocateIpv4(),
    privateIpv4: `10.108.${(number >> 8) & 15}.${Math.max(2, number & 255)}`,
    ipv6Address: body['ipv6'] === true ? world.allocateIpv6() : '',
    createdAt: isoNow(world),
    taggedFrom: world.now() + world.scale(lag),
  });
  return { droplet, action: startAction(cloud, droplet.id, 'create', {}) };
}

/** Every region has one default network per account; here its id follows from the region. */
function defaultVpc(region: string): string {
  return `5a4981aa-9653-4bd1-bef5-${Buffer.from(region.padEnd(6, '0')).toString('hex').slice(0, 12)}`;
}
