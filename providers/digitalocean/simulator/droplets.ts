/** Droplets: validation as strict as the API's own, creation, listing, what surrounds them, and destruction. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimFirewall, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { checkName, listedFrom, start } from './actions.ts';
import { findImage, findRegion, findSize } from './catalog.ts';
import { addTag } from './objects.ts';
import { backupWindow, dropletOf, imagesOf, showCopy, showDroplet, showFirewall, showPage, unprocessable, wallOf, type Droplet } from './shapes.ts'; // prettier-ignore

const USER_DATA_BYTES = 64 * 1024;
const WINDOW_HOURS = 4;
const RETENTION_DAYS: Readonly<Record<string, number>> = { daily: 7, weekly: 28 };
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const WINDOW_STARTS = [0, 4, 8, 12, 16, 20];

export function mountDroplets(wire: Wire, cloud: Cloud): void {
  const own = (call: Call): SimServer => cloud.server(call.account.id, call.param('id'));
  const show = (server: SimServer): object => showDroplet(cloud, server);
  wire.on('get /v2/droplets', (call) => {
    const [tag, name] = [call.query('tag_name'), call.query('name')];
    const isTagged = ({ tags, taggedFromMs }: Droplet): boolean => tags.includes(String(tag)) && taggedFromMs <= cloud.world.now();
    const found = cloud
      .listed(call.account.id)
      .filter((each) => (tag === undefined || isTagged(dropletOf(each))) && (name === undefined || each.name === name));
    return showPage(call, 'droplets', found.toReversed(), show);
  });
  wire.on('post /v2/droplets', (call) => create(cloud, call), 202);
  wire.on('get /v2/droplets/:id', (call) => ({ droplet: show(own(call)) }));
  wire.gone('delete /v2/droplets/:id', (call) => {
    const droplet = cloud.free(call.account.id, call.param('id'));
    if (!cloud.world.hasFlag('keep-on-delete', droplet.id)) start(cloud, droplet, 'destroy');
  });
  for (const kind of ['snapshot', 'backup'] as const)
    wire.on(`get /v2/droplets/:id/${kind}s`, (call) => {
      const { id, account } = own(call);
      const copies = imagesOf(cloud, account, kind).filter(({ serverId }) => serverId === id);
      return showPage(call, `${kind}s`, copies, showCopy);
    });
  wire.on('get /v2/droplets/:id/firewalls', (call) => {
    const server = own(call);
    const holds = (wall: SimFirewall): boolean =>
      wall.account === server.account &&
      (wall.servers.includes(server.id) || wallOf(wall).tags.some((tag) => dropletOf(server).tags.includes(tag)));
    return showPage(call, 'firewalls', cloud.firewalls.filter(holds), showFirewall);
  });
  // Every simulated droplet is alone on its host, and boots its own kernel.
  wire.on('get /v2/droplets/:id/neighbors', (call) => (own(call), { droplets: [] }));
  wire.on('get /v2/droplets/:id/kernels', (call) => (own(call), showPage(call, 'kernels', [])));
  mountPolicies(wire, cloud);
}

function mountPolicies(wire: Wire, cloud: Cloud): void {
  wire.on('get /v2/droplets/backups/supported_policies', () => ({
    supported_policies: ['weekly', 'daily'].map((name) => ({
      name,
      possible_window_starts: WINDOW_STARTS,
      window_length_hours: WINDOW_HOURS,
      retention_period_days: RETENTION_DAYS[name],
      possible_days: name === 'weekly' ? DAYS : [],
    })),
  }));
  wire.on('get /v2/droplets/backups/policies', (call) => {
    const own = cloud.servers.filter(({ account, backups }) => account === call.account.id && backups);
    const policies = Object.fromEntries(own.map((server) => [server.id, policyOf(cloud, server)]));
    return { policies, links: {}, meta: { total: own.length } };
  });
  wire.on('get /v2/droplets/:id/backups/policy', (call) => ({
    policy: policyOf(cloud, cloud.server(call.account.id, call.param('id'))),
  }));
}

function policyOf(cloud: Cloud, server: SimServer): object {
  const { backupPolicy } = dropletOf(server);
  const plan = backupPolicy?.plan ?? 'weekly';
  const retention = { window_length_hours: WINDOW_HOURS, retention_period_days: RETENTION_DAYS[plan] };
  const shown = { hour: 0, ...(plan === 'weekly' ? { weekday: 'SUN' } : {}), ...backupPolicy, plan, ...retention };
  return {
    droplet_id: Number(server.id),
    backup_enabled: server.backups,
    ...(server.backups ? { backup_policy: shown } : {}),
    next_backup_window: backupWindow(cloud, server),
  };
}

function create(cloud: Cloud, call: Call): object {
  const { request, body } = call;
  const names = body['names'] === undefined ? [body['name']] : (body['names'] as unknown[]);
  const plan = validate(cloud, call, names);
  const made = names.map((name) => make(cloud, call, String(name), plan));
  const actions = made.map((server) => start(cloud, server, 'create'));
  const base = `${request.protocol}://${request.get('host') ?? 'localhost'}${request.baseUrl}`;
  const links = { actions: actions.map(({ id }) => ({ id: Number(id), rel: 'create', href: `${base}/v2/actions/${id}` })) };
  const shown = made.map(({ id }) => showDroplet(cloud, cloud.servers.get(id)!));
  return body['names'] === undefined ? { droplet: shown[0], links } : { droplets: shown, links };
}

function validate(cloud: Cloud, { account, body }: Call, names: unknown[]) {
  if (names.length === 0 || names.length > 10) throw unprocessable('You can create between 1 and 10 Droplets at a time.');
  names.forEach(checkName);
  const size = findSize(body['size']);
  if (!size) throw unprocessable('You specified an invalid size for Droplet creation.');
  const region = findRegion(body['region'] === undefined || body['region'] === '' ? 'nyc3' : body['region']);
  if (!region) throw unprocessable('You specified an invalid region for Droplet creation.');
  if (!region.available) throw unprocessable('Region is not available');
  if (!cloud.inStock(size, region.id)) throw new Refusal('sold_out', 'sold out');
  // Snapshots and backups are images; each is where it was made.
  const own = imagesOf(cloud, account.id).find((each) => each.id === String(body['image']) && each.region === region.id);
  const image = findImage(own ? own.base : body['image']);
  if (!image || (!own && image.status === 'retired')) throw unprocessable('You specified an invalid image for Droplet creation.');
  if ((own?.diskGb ?? image.minDisk) > size.diskGb) throw unprocessable('Image is too large for this size.');
  const userData = body['user_data'] ?? '';
  if (typeof userData !== 'string' || Buffer.byteLength(userData) > USER_DATA_BYTES)
    throw unprocessable('User data is too long (maximum is 64KiB).');
  const tags = (body['tags'] ?? []) as string[];
  if (!Array.isArray(tags)) throw unprocessable('Tags must be an array.');
  const keyIds = ((body['ssh_keys'] ?? []) as unknown[]).map((asked) => {
    const key = cloud.keys.find((each) => each.account === account.id && [each.id, each.fingerprint].includes(String(asked)));
    if (!key) throw unprocessable(`${String(asked)} are invalid key identifiers for Droplet creation.`);
    return key.id;
  });
  const live = cloud.servers.filter((each) => each.account === account.id && each.phase !== 'deleting').length;
  if (live + names.length > account.instanceLimit) throw new Refusal('quota', 'droplet limit');
  return { region: region.id, plan: size.id, image: image.slug, own: own ?? null, tags, keyIds, userData };
}

function make(cloud: Cloud, { account, body }: Call, name: string, { own, tags, ...asked }: ReturnType<typeof validate>): SimServer {
  for (const tag of tags) addTag(cloud, account.id, tag);
  // The limit was looked at, of all names together; those that go do not count there.
  const payer = { ...account, instanceLimit: Infinity };
  const made = cloud.make(payer, { ...asked, name, password: '', ipv6: body['ipv6'] === true });
  const number = Number(made.id);
  const extra: Droplet = {
    built: false,
    tags,
    taggedFromMs: listedFrom(cloud),
    monitoring: body['monitoring'] === true,
    publicNetworking: body['public_networking'] !== false,
    vpcUuid: typeof body['vpc_uuid'] === 'string' ? body['vpc_uuid'] : defaultVpc(asked.region),
    privateIpv4: `10.108.${(number >> 8) & 15}.${Math.max(2, number & 255)}`,
    backupPolicy: (body['backup_policy'] as Droplet['backupPolicy']) ?? null,
    restored: own,
  };
  // The schedule begins when it is built.
  return cloud.change(made, { backups: body['backups'] === true, extra });
}

/** Every region has one default network per account; here its id follows from the region. */
function defaultVpc(region: string): string {
  return `5a4981aa-9653-4bd1-bef5-${Buffer.from(region.padEnd(6, '0')).toString('hex').slice(0, 12)}`;
}
