/** What an instance is made of: disks, and the configuration it boots. */
import type { Call } from '../../../simulator/cloud/wire.ts';
import { type Linode, type Linodes, type SimDisk, typeOf } from './linodes.ts';
import { no, notFound, paged, type Routes, stamp } from './wire.ts';

type Body = Record<string, unknown>;

const NAME = /^.{1,48}$/;
/** What a PUT may set; the rest of a configuration is Linode's. */
const CONFIG_FIELDS = 'label comments kernel memory_limit root_device run_level virt_mode initrd helpers devices interfaces'.split(' ');
const SLOTS = ['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf', 'sdg', 'sdh'];

export function mountParts(on: Routes, linodes: Linodes): void {
  mountDisks(on, linodes);
  const base = '/linode/instances/:id/configs';
  on(`get ${base}`, (call) => paged(call, [config(linodes.one(call))]));
  on(`get ${base}/:config`, (call) => one([config(linodes.one(call))], call.param('config')));
  on(`put ${base}/:config`, (call) => changeConfig(linodes, call));
}

function one<T extends { id: number }>(items: readonly T[], id: string): T {
  const found = items.find((item) => String(item.id) === id);
  if (!found) throw notFound();
  return found;
}

function mountDisks(on: Routes, linodes: Linodes): void {
  const base = '/linode/instances/:id/disks';
  const own = (call: Call): SimDisk => one(linodes.one(call).extra.disks, call.param('disk'));
  const show = (call: Call, disk: SimDisk): object => ({
    ...disk,
    disk_encryption: linodes.one(call).extra.encrypted ? 'enabled' : 'disabled',
  });
  const change = (linode: Linode, disk: SimDisk, changes: Partial<SimDisk>): Linode => {
    const changed = { ...disk, ...changes, updated: stamp(linodes.world.now()) };
    return linodes.save(linode, { disks: linode.extra.disks.map((each) => (each.id === disk.id ? changed : each)) });
  };
  on(`get ${base}`, (call) => paged(call, linodes.one(call).extra.disks, (disk) => show(call, disk)));
  on(`get ${base}/:disk`, (call) => show(call, own(call)));
  on(`put ${base}/:disk`, (call) => {
    const { label } = call.body;
    if (label === undefined) return show(call, own(call));
    if (typeof label !== 'string' || !NAME.test(label)) throw no('Length must be 1-48 characters', 'label');
    change(linodes.one(call), own(call), { label });
    return show(call, own(call));
  });
  on(`post ${base}/:disk/resize`, (call) => {
    const [linode, disk, { size }] = [linodes.one(call), own(call), call.body];
    linodes.refuseBusy(linode);
    if (linode.power === 'on') throw no('Linode must be powered off to resize a disk.');
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 1) throw no('Must be a positive integer', 'size');
    const others = linode.extra.disks.reduce((sum, each) => sum + (each.id === disk.id ? 0 : each.size), 0);
    if (others + size > typeOf(linode.plan).disk) throw no('Insufficient space for this disk.', 'size');
    linodes.note(change(linode, disk, { size }), 'disk_resize', 'finished');
  });
  on(`delete ${base}/:disk`, (call) => {
    const [linode, disk] = [linodes.one(call), own(call)];
    linodes.refuseBusy(linode);
    if (linode.power === 'on') throw no('Linode must be powered off to delete a disk.');
    const disks = linode.extra.disks.filter(({ id }) => id !== disk.id);
    linodes.note(linodes.save(linode, { disks }), 'disk_delete', 'finished');
  });
}

/** The one configuration of a server that was made from an image, with what was set since. */
function config({ createdMs, extra }: Linode): { id: number } & Body {
  const [main, swap] = extra.disks;
  const slot = (disk: SimDisk | undefined): unknown => (disk ? { disk_id: disk.id, volume_id: null } : null);
  return {
    id: extra.configId,
    label: `My ${main?.label.replace(/ Disk$/, '') ?? 'Linode'} Disk Profile`,
    comments: '',
    kernel: 'linode/grub2',
    memory_limit: 0,
    root_device: '/dev/sda',
    run_level: 'default',
    virt_mode: 'paravirt',
    initrd: null,
    created: stamp(createdMs),
    updated: stamp(extra.config?.updatedMs ?? createdMs),
    helpers: { devtmpfs_automount: true, distro: true, modules_dep: true, network: true, updatedb_disabled: true },
    devices: { ...Object.fromEntries(SLOTS.map((name) => [name, null])), sda: slot(main), sdb: slot(swap) },
    interfaces: [],
    ...extra.config?.set,
  };
}

/** Fields that are not sent stay; devices are given whole. */
function changeConfig(linodes: Linodes, call: Call): Body {
  const linode = linodes.one(call);
  const { body } = call;
  const now = one([config(linode)], call.param('config'));
  if (body.label !== undefined && (typeof body.label !== 'string' || !NAME.test(body.label)))
    throw no('Length must be 1-48 characters', 'label');
  const set: Body = { ...linode.extra.config?.set };
  for (const field of CONFIG_FIELDS) if (body[field] !== undefined && body[field] !== null) set[field] = body[field];
  if (set.helpers) set.helpers = { ...(now.helpers as Body), ...(body.helpers as Body | undefined) };
  if (body.devices) set.devices = devicesOf(linode, body.devices as Body);
  const saved = linodes.save(linode, { config: { set, updatedMs: linodes.world.now() } });
  linodes.note(saved, 'linode_config_update', 'notification');
  return config(saved);
}

function devicesOf({ extra }: Linode, given: Body): Body {
  return Object.fromEntries(
    SLOTS.map((slot) => {
      const disk = (given[slot] as { disk_id?: number | null } | null | undefined)?.disk_id;
      if (disk && !extra.disks.some(({ id }) => id === disk)) throw no('disk_id is not valid', `devices.${slot}.disk_id`);
      return [slot, disk ? { disk_id: disk, volume_id: null } : null];
    }),
  );
}
