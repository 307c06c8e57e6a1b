/** The backup service: a first backup some hours after the order, then one a day, the newest three kept. */
import { Refusal } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import type { Collection, SimWorld } from '../../simulation.ts';
import type { Extra, Linode, Linodes } from './linodes.ts';
import { no, notFound, type Routes, stamp } from './wire.ts';

interface Backup {
  id: string;
  linode: string;
  status: 'running' | 'successful' | 'failed';
  createdMs: number;
  finishedMs: number | null;
  /** What a restore brings back. */
  content: Pick<Extra, 'swapSize' | 'disks'> & { image: string | null; rootPass: string; config: string };
}

const FIRST_MS = 2 * 3_600_000;
const EVERY_MS = 24 * 3_600_000;
const TAKES_MS = 180_000;
/** Of the last day, of the last week, and of the week before. */
const KEPT = 3;

function backupsIn(world: SimWorld): Collection<Backup> {
  return world.collection<Backup>('backups');
}

/** The service's clock begins anew with each order. */
export function startBackups(linodes: Linodes, linode: Linode): Linode {
  const backupOrders = linode.extra.backupOrders + 1;
  linodes.world.schedule('backup', { linode: linode.id, order: backupOrders }, FIRST_MS);
  return linodes.save(linode, { backupOrders }, { backups: true });
}

/** Forever, as Linode warns. */
function dropBackups(world: SimWorld, linode: string): void {
  for (const { id } of backupsIn(world).filter((backup) => backup.linode === linode)) backupsIn(world).delete(id);
}

export function mountBackups(on: Routes, linodes: Linodes): void {
  const { world } = linodes;
  const backups = backupsIn(world);
  // In place of the cloud's own: this service has its own hours, and tells of no job.
  world.onTimer('backup', ({ linode, order }) => takeBackup(linodes, String(linode), Number(order)));
  world.onTimer('backup-taken', ({ backup }) => backupTaken(linodes, String(backup)));
  linodes.atEndOf('backups_restore', (linode, { backup }, failed) =>
    restored(linodes, linode, failed ? undefined : backups.get(String(backup))),
  );
  const base = '/linode/instances/:id/backups';
  const of = (linode: Linode): Backup[] => backups.filter((backup) => backup.linode === linode.id);
  const one = (call: Call): Backup => {
    const found = of(linodes.one(call)).find(({ id }) => id === call.param('backup'));
    if (!found) throw notFound();
    return found;
  };
  on(`get ${base}`, (call) => ({
    automatic: of(linodes.one(call)).toReversed().map(view),
    snapshot: { current: null, in_progress: null },
  }));
  on(`get ${base}/:backup`, (call) => view(one(call)));
  on(`post ${base}/enable`, (call) => {
    const linode = linodes.one(call);
    const ordered = linode.backups ? linodes.save(linode) : startBackups(linodes, linode);
    linodes.note(ordered, 'backups_enable', 'notification');
  });
  on(`post ${base}/cancel`, (call) => {
    const linode = linodes.save(linodes.one(call), { lastBackupMs: null }, { backups: false });
    dropBackups(world, linode.id);
    linodes.note(linode, 'backups_cancel', 'notification');
  });
  on(`post ${base}/:backup/restore`, (call) => restore(linodes, one(call), call));
}

function restore(linodes: Linodes, backup: Backup, call: Call): void {
  const source = linodes.one(call);
  const target = linodes.own(source.account, call.text('linode_id'));
  if (backup.status !== 'successful') throw no('Backup is not available for restoration.');
  if (target.region !== source.region) throw no('Backups may not be restored across regions.', 'linode_id');
  linodes.refuseBusy(target);
  if (backupsIn(linodes.world).find(({ linode, status }) => linode === target.id && status === 'running'))
    throw new Refusal('locked', 'Linode busy.');
  if (call.body.overwrite !== true) throw no('Not enough unallocated space to restore the backup.');
  if (target.power === 'on') throw no('The Linode must be powered off to restore a backup over its disks.');
  linodes.begin(target, 'backups_restore', { backup: backup.id });
}

/** A restore that failed has deleted the disks all the same. */
function restored(linodes: Linodes, linode: Linode, backup: Backup | undefined): void {
  if (!backup) return void linodes.save(linode, { disks: [] });
  const { disks, image, rootPass, swapSize } = backup.content;
  const ready = disks.map((disk) => ({ ...disk, status: 'ready' }));
  linodes.save(linode, { swapSize, disks: ready }, { image: image ?? '', password: rootPass });
}

function takeBackup(linodes: Linodes, id: string, order: number): void {
  const { world } = linodes;
  const linode = linodes.all.get(id);
  if (!linode) return dropBackups(world, id);
  if (!linode.backups || linode.extra.backupOrders !== order) return;
  world.schedule('backup', { linode: id, order }, EVERY_MS);
  const { swapSize, disks } = linode.extra;
  const config = `My ${disks[0]?.label.replace(/ Disk$/, '') ?? 'Linode'} Disk Profile`;
  const made = backupsIn(world).put({
    id: String(world.nextInt('backup', 340_000_001)),
    linode: id,
    status: 'running',
    createdMs: world.now(),
    finishedMs: null,
    content: { image: linode.image, rootPass: linode.password, swapSize, disks, config },
  });
  world.schedule('backup-taken', { backup: made.id }, TAKES_MS);
}

function backupTaken({ world, all, cloud }: Linodes, id: string): void {
  const backups = backupsIn(world);
  const backup = backups.get(id);
  const linode = backup && all.get(backup.linode);
  if (!linode) return;
  const failed = world.hasFlag('backup-fails', linode.id);
  backups.put({ ...backup, status: failed ? 'failed' : 'successful', finishedMs: world.now() });
  const old = backups.filter((each) => each.linode === linode.id).slice(0, -KEPT);
  for (const each of old) backups.delete(each.id);
  if (!failed) cloud.change(linode, { extra: { ...linode.extra, lastBackupMs: world.now() } });
}

function view({ id, content, createdMs, finishedMs, status }: Backup): Record<string, unknown> {
  return {
    id: Number(id),
    label: null,
    type: 'auto',
    status,
    available: status === 'successful',
    created: stamp(createdMs),
    updated: stamp(finishedMs ?? createdMs),
    finished: finishedMs === null ? null : stamp(finishedMs),
    configs: [content.config],
    disks: content.disks.map(({ label, size, filesystem }) => ({ label, size, filesystem })),
  };
}
