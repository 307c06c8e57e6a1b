/** What an instance is made of: disks, the configuration it boots, and the firewalls that hold for it. */
import { Router, type Request } from 'express';
import { Refusal, accountOf, bodyOf, paged, route, stamp } from './simulator-http.ts';
import { firewallShape, type Firewall } from './simulator-networking.ts';
import { typeOf, type Linode, type SimDisk, type State } from './simulator-state.ts';

type Body = Record<string, unknown>;

const CONFIG_LABEL = /^.{1,48}$/;
/** What a PUT may set; the rest of a configuration is Linode's. */
const CONFIG_FIELDS = 'label comments kernel memory_limit root_device run_level virt_mode initrd helpers devices interfaces'.split(' ');

export function partRoutes(state: State): Router {
  const router = Router();
  const own = (request: Request): Linode => state.own(accountOf(request).id, request.params['id'] as string);
  const disk = (request: Request): SimDisk => one(own(request).disks, request.params['disk'] as string);
  const base = '/linode/instances/:id';
  router.get(
    `${base}/disks`,
    route((request) => paged(request, own(request).disks.map(diskOf(own(request))))),
  );
  router.get(
    `${base}/disks/:disk`,
    route((request) => diskOf(own(request))(disk(request))),
  );
  router.put(
    `${base}/disks/:disk`,
    route((request) => diskOf(own(request))(changed(state, own(request), disk(request), bodyOf(request)))),
  );
  router.post(
    `${base}/disks/:disk/resize`,
    route((request) => resizeDisk(state, own(request), disk(request), bodyOf(request).size)),
  );
  router.delete(
    `${base}/disks/:disk`,
    route((request) => deleteDisk(state, own(request), disk(request))),
  );
  router.get(
    `${base}/configs`,
    route((request) => paged(request, [config(own(request))])),
  );
  router.get(
    `${base}/configs/:config`,
    route((request) => one([config(own(request))], request.params['config'] as string)),
  );
  router.put(
    `${base}/configs/:config`,
    route((request) => changeConfig(state, own(request), request.params['config'] as string, bodyOf(request))),
  );
  router.get(
    `${base}/firewalls`,
    route((request) => {
      const { id, account } = own(request);
      const all = state.world.collection<Firewall>('firewalls').filter((firewall) => firewall.account === account);
      const holding = all.filter(({ devices }) => devices.some(({ linode }) => linode === id));
      return paged(
        request,
        holding.map((firewall) => firewallShape(state, firewall)),
      );
    }),
  );
  return router;
}

function one<T extends { id: number }>(items: readonly T[], id: string): T {
  const found = items.find((item) => String(item.id) === id);
  if (!found) throw new Refusal(404, 'Not found');
  return found;
}

function diskOf({ encrypted }: Linode): (disk: SimDisk) => SimDisk & { disk_encryption: string } {
  return (disk) => ({ ...disk, disk_encryption: encrypted ? 'enabled' : 'disabled' });
}

function changed(state: State, linode: Linode, disk: SimDisk, { label }: Body): SimDisk {
  if (label === undefined) return disk;
  if (typeof label !== 'string' || !CONFIG_LABEL.test(label)) throw new Refusal(400, 'Length must be 1-48 characters', 'label');
  const next = { ...disk, label, updated: stamp(state.world.now()) };
  state.save({ ...linode, disks: linode.disks.map((each) => (each.id === disk.id ? next : each)) });
  return next;
}

function resizeDisk(state: State, linode: Linode, disk: SimDisk, size: unknown): void {
  state.refuseBusy(linode);
  if (linode.status !== 'offline') throw new Refusal(400, 'Linode must be powered off to resize a disk.');
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1) throw new Refusal(400, 'Must be a positive integer', 'size');
  const others = linode.disks.reduce((sum, each) => sum + (each.id === disk.id ? 0 : each.size), 0);
  if (others + size > typeOf(linode.type).disk) throw new Refusal(400, 'Insufficient space for this disk.', 'size');
  const next = { ...disk, size, updated: stamp(state.world.now()) };
  const saved = state.save({ ...linode, disks: linode.disks.map((each) => (each.id === disk.id ? next : each)) });
  state.note(saved, 'disk_resize', 'finished');
}

function deleteDisk(state: State, linode: Linode, disk: SimDisk): void {
  state.refuseBusy(linode);
  if (linode.status !== 'offline') throw new Refusal(400, 'Linode must be powered off to delete a disk.');
  const saved = state.save({ ...linode, disks: linode.disks.filter(({ id }) => id !== disk.id) });
  state.note(saved, 'disk_delete', 'finished');
}

/** The one configuration of a server that was made from an image, with what was set since. */
export function config(linode: Linode): { id: number } & Body {
  const [main, swap] = linode.disks;
  const slot = (disk: SimDisk | undefined): unknown => (disk ? { disk_id: disk.id, volume_id: null } : null);
  return {
    id: linode.configId,
    label: `My ${main?.label.replace(/ Disk$/, '') ?? 'Linode'} Disk Profile`,
    comments: '',
    kernel: 'linode/grub2',
    memory_limit: 0,
    root_device: '/dev/sda',
    run_level: 'default',
    virt_mode: 'paravirt',
    initrd: null,
    created: stamp(linode.createdMs),
    updated: stamp(linode.config?.updatedMs ?? linode.createdMs),
    helpers: { devtmpfs_automount: true, distro: true, modules_dep: true, network: true, updatedb_disabled: true },
    devices: { sda: slot(main), sdb: slot(swap), sdc: null, sdd: null, sde: null, sdf: null, sdg: null, sdh: null },
    interfaces: linode.interfaces,
    ...linode.config?.set,
  };
}

/** Fields that are not sent stay; devices are given whole. */
function changeConfig(state: State, linode: Linode, id: string, body: Body): Body {
  const now = one([config(linode)], id);
  if (body.label !== undefined && (typeof body.label !== 'string' || !CONFIG_LABEL.test(body.label)))
    throw new Refusal(400, 'Length must be 1-48 characters', 'label');
  const set: Body = { ...linode.config?.set };
  for (const field of CONFIG_FIELDS) if (body[field] !== undefined && body[field] !== null) set[field] = body[field];
  if (set.helpers) set.helpers = { ...(now.helpers as Body), ...(body.helpers as Body | undefined) };
  if (body.devices) set.devices = devicesOf(linode, body.devices as Body);
  const saved = state.save({ ...linode, config: { set, updatedMs: state.world.now() } });
  state.note(saved, 'linode_config_update', 'notification');
  return config(saved);
}

function devicesOf(linode: Linode, given: Body): Body {
  const slots = ['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf', 'sdg', 'sdh'];
  return Object.fromEntries(
    slots.map((slot) => {
      const device = given[slot] as { disk_id?: number | null } | null | undefined;
      const disk = device?.disk_id;
      if (disk && !linode.disks.some(({ id }) => id === disk)) throw new Refusal(400, 'disk_id is not valid', `devices.${slot}.disk_id`);
      return [slot, disk ? { disk_id: disk, volume_id: null } : null];
    }),
  );
}
