/** What one does to an instance: power, resize, rebuild, password, migration, rescue. */
import type { Call } from '../../../simulator/cloud/wire.ts';
import { refuseSoldOut, regionOf } from './catalogue.ts';
import { deployable } from './images.ts';
import { type Linode, type Linodes, typeOf } from './linodes.ts';
import { requireAccess, strongPassword, userDataOf, view } from './servers.ts';
import { no, paged, type Routes } from './wire.ts';

type Body = Record<string, unknown>;
const TOO_LARGE =
  'The current disk size of your Linode is too large for the new service plan. Please resize your disk to accommodate the new plan.';

export function mountActions(on: Routes, linodes: Linodes): void {
  const post = (path: string, act: (linode: Linode, body: Body) => unknown): void =>
    on(`post /linode/instances/:id${path}`, (call) => {
      const linode = linodes.one(call);
      linodes.refuseBusy(linode);
      return act(linode, call.body);
    });
  post('/boot', (linode, body) => {
    if (linode.power === 'on') throw no('Linode is already running.');
    refuseConfig(linode, body);
    linodes.begin(linode, 'linode_boot');
  });
  post('/shutdown', (linode) => linodes.begin(linode, 'linode_shutdown'));
  post('/reboot', (linode, body) => {
    refuseConfig(linode, body);
    linodes.begin(linode, 'linode_reboot');
  });
  post('/rescue', (linode, body) => rescue(linodes, linode, body));
  post('/resize', (linode, body) => resize(linodes, linode, body));
  post('/rebuild', (linode, body) => rebuild(linodes, linode, body));
  post('/password', (linode, body) => resetPassword(linodes, linode, body.root_pass));
  post('/disks/:disk/password', (linode, body) => resetPassword(linodes, linode, body.password));
  post('/migrate', (linode, body) => migrate(linodes, linode, body));
  for (const nothing of ['/volumes', '/nodebalancers'])
    on(`get /linode/instances/:id${nothing}`, (call: Call) => {
      linodes.one(call);
      return paged(call, []);
    });
}

function resize(linodes: Linodes, linode: Linode, body: Body): void {
  const type = typeOf(String(body.type ?? ''));
  if (type.id === linode.plan) throw no('Linode is already running this service plan.', 'type');
  refuseSoldOut(linodes.cloud, type.id, linode.region, { field: 'type', isOrder: false });
  const { disks } = linode.extra;
  const autoResize = body.allow_auto_disk_resize !== false && disks.filter(({ filesystem }) => filesystem !== 'swap').length === 1;
  const used = disks.reduce((sum, { size }) => sum + size, 0);
  if (used > type.disk && !autoResize) throw no(TOO_LARGE);
  linodes.begin(linode, 'linode_resize', { type: type.id, autoResize, boot: linode.power === 'on' });
}

function rebuild(linodes: Linodes, linode: Linode, body: Body): unknown {
  const type = typeOf(linode.plan);
  const image = deployable(linodes, linode.account, body.image, type);
  requireAccess(body, ['authorized_keys']);
  const password = body.root_pass === undefined ? linode.password : String(body.root_pass);
  const userData = userDataOf(body, regionOf(linode.region));
  const swapSize = linode.extra.swapSize || 512;
  const rebuilt = linodes.save(
    linode,
    {
      swapSize,
      disks: linodes.makeDisks(type, image.label, swapSize),
      // A new disk, a new configuration; the old one's is gone with it.
      config: null,
      configId: linodes.nextConfig(),
    },
    { image: image.id, password, userData },
  );
  linodes.begin(rebuilt, 'linode_rebuild', { boot: body.booted !== false });
  return view(linodes, linodes.all.get(linode.id)!);
}

function resetPassword(linodes: Linodes, linode: Linode, password: unknown): void {
  if (linode.power === 'on') throw no('The Linode must be powered off to reset its password.');
  linodes.note(linodes.save(linode, {}, { password: strongPassword(password) }), 'password_reset', 'finished');
}

function migrate(linodes: Linodes, linode: Linode, body: Body): void {
  const region = regionOf(body.region);
  if (region.id === linode.region) throw no('Linode is already in this region.', 'region');
  refuseSoldOut(linodes.cloud, linode.plan, region.id, { field: 'region', isOrder: false });
  linodes.begin(linode, 'linode_migrate_datacenter', { region: region.id, boot: linode.power === 'on' });
}

/** Disks are mounted in the slots given; the API forgets which, and that the rescue system runs. */
function rescue(linodes: Linodes, linode: Linode, body: Body): void {
  for (const [slot, device] of Object.entries((body.devices ?? {}) as Record<string, { disk_id?: unknown } | null>)) {
    if (!/^sd[a-g]$/.test(slot)) throw no(`${slot} is not available in rescue mode`, 'devices');
    const id = device?.disk_id ?? null;
    if (id !== null && !linode.extra.disks.some((disk) => disk.id === id)) throw no('disk_id is not valid', `devices.${slot}.disk_id`);
  }
  linodes.begin(linode, linode.power === 'on' ? 'linode_reboot' : 'linode_boot', { rescue: true });
}

function refuseConfig({ extra }: Linode, { config_id: id }: Body): void {
  if (id !== undefined && id !== null && id !== extra.configId) throw no('config_id is not valid', 'config_id');
}
