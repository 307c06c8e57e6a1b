/** What one does to an instance: power, resize, rebuild, password, backups, migration; and what hangs below it. */
import { Router, type Request } from 'express';
import { Refusal, accountOf, bodyOf, paged, route } from './simulator-http.ts';
import { privateAddress, strongPassword, userDataOf, view } from './simulator-instances.ts';
import { deployable } from './simulator-images.ts';
import { SIM_REGIONS } from './simulator-places.ts';
import { typeOf, type Linode, type State } from './simulator-state.ts';
import { refuseSoldOut } from './simulator-stock.ts';

type Body = Record<string, unknown>;
const TOO_LARGE =
  'The current disk size of your Linode is too large for the new service plan. Please resize your disk to accommodate the new plan.';

export function actionRoutes(state: State): Router {
  const router = Router();
  const post = (path: string, act: (linode: Linode, body: Body, request: Request) => unknown): void => {
    router.post(
      `/linode/instances/:id${path}`,
      route((request) => act(state.own(accountOf(request).id, request.params['id'] as string), bodyOf(request), request)),
    );
  };
  const get = (path: string, look: (linode: Linode, request: Request) => unknown): void => {
    router.get(
      `/linode/instances/:id${path}`,
      route((request) => look(state.own(accountOf(request).id, request.params['id'] as string), request)),
    );
  };
  post('/boot', (linode, body) => {
    state.refuseBusy(linode);
    if (linode.status === 'running') throw new Refusal(400, 'Linode is already running.');
    refuseConfig(linode, body);
    state.begin(linode, 'linode_boot');
  });
  post('/shutdown', (linode) => {
    state.refuseBusy(linode);
    state.begin(linode, 'linode_shutdown');
  });
  post('/reboot', (linode, body) => {
    state.refuseBusy(linode);
    refuseConfig(linode, body);
    state.begin(linode, 'linode_reboot');
  });
  post('/rescue', (linode, body) => rescue(state, linode, body));
  post('/resize', (linode, body) => resize(state, linode, body));
  post('/rebuild', (linode, body) => rebuild(state, linode, body));
  post('/password', (linode, body) => resetPassword(state, linode, body.root_pass));
  post('/disks/:disk/password', (linode, body) => resetPassword(state, linode, body.password));
  post('/migrate', (linode, body) => migrate(state, linode, body));
  post('/ips', (linode, body) => addAddress(state, linode, body));
  get('/ips', addresses);
  get('/volumes', (_linode, request) => paged(request, []));
  get('/nodebalancers', (_linode, request) => paged(request, []));
  return router;
}

function resize(state: State, linode: Linode, body: Body): void {
  state.refuseBusy(linode);
  const type = typeOf(String(body.type ?? ''));
  if (type.id === linode.type) throw new Refusal(400, 'Linode is already running this service plan.', 'type');
  const region = SIM_REGIONS.find(({ id }) => id === linode.region)!;
  refuseSoldOut(state.world, type, region, { field: 'type', isOrder: false });
  const autoResize = body.allow_auto_disk_resize !== false && linode.disks.filter(({ filesystem }) => filesystem !== 'swap').length === 1;
  const used = linode.disks.reduce((sum, { size }) => sum + size, 0);
  if (used > type.disk && !autoResize) throw new Refusal(400, TOO_LARGE);
  state.begin(linode, 'linode_resize', { type: type.id, autoResize, boot: linode.status === 'running' });
}

function rebuild(state: State, linode: Linode, body: Body): unknown {
  state.refuseBusy(linode);
  const type = typeOf(linode.type);
  const image = deployable(state, linode.account, body.image, type);
  const keys = Array.isArray(body.authorized_keys) ? body.authorized_keys.map(String) : [];
  if (body.root_pass === undefined && keys.length === 0)
    throw new Refusal(400, 'Must provide valid root_pass, authorized_keys, or authorized_users', 'root_pass');
  if (body.root_pass !== undefined) linode.rootPass = strongPassword(body.root_pass);
  const region = SIM_REGIONS.find(({ id }) => id === linode.region)!;
  linode.userData = userDataOf(body, region);
  linode.authorizedKeys = keys;
  linode.image = image.id;
  linode.swapSize = linode.swapSize || 512;
  linode.disks = state.makeDisks(type, image.label, linode.swapSize);
  // A new disk, a new configuration; the old one's is gone with it.
  delete linode.config;
  linode.configId = state.world.nextInt('config', 60_000_001);
  state.begin(linode, 'linode_rebuild', { boot: body.booted !== false });
  return view(linode);
}

function resetPassword(state: State, linode: Linode, password: unknown): void {
  state.refuseBusy(linode);
  if (linode.status !== 'offline') throw new Refusal(400, 'The Linode must be powered off to reset its password.');
  linode.rootPass = strongPassword(password);
  state.note(linode, 'password_reset', 'finished');
  state.save(linode);
}

function migrate(state: State, linode: Linode, body: Body): void {
  state.refuseBusy(linode);
  const region = SIM_REGIONS.find(({ id }) => id === body.region);
  if (!region) throw new Refusal(400, 'region is not valid', 'region');
  if (region.id === linode.region) throw new Refusal(400, 'Linode is already in this region.', 'region');
  refuseSoldOut(state.world, typeOf(linode.type), region, { field: 'region', isOrder: false });
  state.begin(linode, 'linode_migrate_datacenter', { region: region.id, boot: linode.status === 'running' });
}

/** Disks are mounted in the slots given; the API forgets which, and that the rescue system runs. */
function rescue(state: State, linode: Linode, body: Body): void {
  state.refuseBusy(linode);
  for (const [slot, device] of Object.entries((body.devices ?? {}) as Record<string, { disk_id?: unknown } | null>)) {
    if (!/^sd[a-g]$/.test(slot)) throw new Refusal(400, `${slot} is not available in rescue mode`, 'devices');
    const id = device?.disk_id;
    if (id !== undefined && id !== null && !linode.disks.some((disk) => disk.id === id))
      throw new Refusal(400, 'disk_id is not valid', `devices.${slot}.disk_id`);
  }
  state.begin(linode, linode.status === 'running' ? 'linode_reboot' : 'linode_boot', { rescue: true });
}

function refuseConfig(linode: Linode, { config_id: id }: Body): void {
  if (id !== undefined && id !== null && id !== linode.configId) throw new Refusal(400, 'config_id is not valid', 'config_id');
}

function addAddress(state: State, linode: Linode, body: Body): unknown {
  if (body.type !== 'ipv4') throw new Refusal(400, 'Must be "ipv4"', 'type');
  if (body.public !== false) throw new Refusal(400, 'Additional IPv4 addresses require technical justification. Please contact support.');
  if (linode.privateIpv4.length > 0) throw new Refusal(400, 'Linode already has a private address.');
  linode.privateIpv4 = [privateAddress(Number(linode.id))];
  state.save(linode);
  return addressView(linode, linode.privateIpv4[0]!);
}

function addresses(linode: Linode): unknown {
  const base = { linode_id: Number(linode.id), region: linode.region };
  return {
    ipv4: {
      public: linode.publicIpv4.map((address) => addressView(linode, address)),
      private: linode.privateIpv4.map((address) => addressView(linode, address)),
      shared: [],
      reserved: [],
      vpc: [],
    },
    ipv6: {
      slaac: addressView(linode, linode.ipv6),
      link_local: {
        ...base,
        address: 'fe80::f03c:91ff:fe24:3a2f',
        gateway: 'fe80::1',
        subnet_mask: 'ffff:ffff:ffff:ffff::',
        prefix: 64,
        type: 'ipv6',
        public: false,
        rdns: null,
      },
      global: [],
    },
  };
}

/** One address as `/networking/ips/{address}` shows it. */
export function addressView(linode: Linode, address: string): Record<string, unknown> {
  const rdns = linode.rdns[address] ?? null;
  const base = { address, linode_id: Number(linode.id), region: linode.region };
  const url = `/v4/linode/instances/${linode.id}`;
  const later = {
    interface_id: null,
    reserved: false,
    assigned_entity: { id: Number(linode.id), type: 'linode', label: linode.label, url },
  };
  if (address.includes(':'))
    return { ...base, gateway: 'fe80::1', subnet_mask: 'ffff:ffff:ffff:ffff::', prefix: 64, type: 'ipv6', public: true, rdns };
  const isPublic = !linode.privateIpv4.includes(address);
  if (!isPublic)
    return { ...base, gateway: null, subnet_mask: '255.255.128.0', prefix: 17, type: 'ipv4', public: false, rdns: null, ...later };
  const gateway = address.replace(/\d+$/, '1');
  const automatic = `${address.replaceAll('.', '-')}.ip.linodeusercontent.com`;
  return {
    ...base,
    gateway,
    subnet_mask: '255.255.255.0',
    prefix: 24,
    type: 'ipv4',
    public: true,
    rdns: rdns ?? automatic,
    vpc_nat_1_1: null,
    ...later,
  };
}
