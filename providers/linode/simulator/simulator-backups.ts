/** The backup service: a first backup some hours after the order, then one a day, the newest three kept. */
import { Router } from 'express';
import type { Collection, SimWorld } from '../../simulation.ts';
import { Refusal, accountOf, bodyOf, route, stamp } from './simulator-http.ts';
import type { Linode, SimDisk, State } from './simulator-state.ts';

interface Backup {
  id: string;
  linode: string;
  status: 'running' | 'successful' | 'failed';
  createdMs: number;
  finishedMs: number | null;
  /** What a restore brings back. */
  content: Pick<Linode, 'image' | 'rootPass' | 'authorizedKeys' | 'swapSize'> & { disks: SimDisk[]; config: string };
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
export function startBackups(state: State, linode: Linode): void {
  linode.backups = true;
  linode.backupOrders = (linode.backupOrders ?? 0) + 1;
  state.world.schedule('backup', { linode: linode.id, order: linode.backupOrders }, FIRST_MS);
}

/** Forever, as Linode warns. */
export function dropBackups(world: SimWorld, linode: string): void {
  for (const { id } of backupsIn(world).filter((backup) => backup.linode === linode)) backupsIn(world).delete(id);
}

export function backupRoutes(state: State): Router {
  const router = Router();
  const { world } = state;
  const backups = backupsIn(world);
  world.onTimer('backup', ({ linode, order }) => takeBackup(state, String(linode), Number(order)));
  world.onTimer('backup-taken', ({ backup }) => backupTaken(state, String(backup)));
  state.atEndOf('backups_restore', (linode, { backup }, failed) => restored(backups.get(String(backup)), linode, failed));
  state.atEndOf('linode_delete', ({ id }, _args, failed) => {
    if (!failed) dropBackups(world, id);
  });
  const on = (
    method: 'get' | 'post',
    path: string,
    act: (linode: Linode, backup: string, body: Record<string, unknown>) => unknown,
  ): void => {
    router[method](
      `/linode/instances/:id/backups${path}`,
      route((request) =>
        act(state.own(accountOf(request).id, request.params['id'] as string), String(request.params['backup']), bodyOf(request)),
      ),
    );
  };
  const of = (linode: Linode): Backup[] => backups.filter((backup) => backup.linode === linode.id);
  const one = (linode: Linode, id: string): Backup => {
    const found = of(linode).find((backup) => backup.id === id);
    if (!found) throw new Refusal(404, 'Not found');
    return found;
  };
  on('get', '', (linode) => ({ automatic: of(linode).toReversed().map(view), snapshot: { current: null, in_progress: null } }));
  on('get', '/:backup', (linode, id) => view(one(linode, id)));
  on('post', '/enable', (linode) => {
    if (!linode.backups) startBackups(state, linode);
    state.note(linode, 'backups_enable', 'notification');
    state.save(linode);
  });
  on('post', '/cancel', (linode) => {
    linode.backups = false;
    linode.lastBackupMs = null;
    dropBackups(world, linode.id);
    state.note(linode, 'backups_cancel', 'notification');
    state.save(linode);
  });
  on('post', '/:backup/restore', (linode, id, body) => restore(state, one(linode, id), linode, body));
  return router;
}

function restore(state: State, backup: Backup, source: Linode, body: Record<string, unknown>): void {
  const target = state.own(source.account, String(body.linode_id ?? ''));
  if (backup.status !== 'successful') throw new Refusal(400, 'Backup is not available for restoration.');
  if (target.region !== source.region) throw new Refusal(400, 'Backups may not be restored across regions.', 'linode_id');
  state.refuseBusy(target);
  if (backupsIn(state.world).find(({ linode, status }) => linode === target.id && status === 'running'))
    throw new Refusal(400, 'Linode busy.');
  if (body.overwrite !== true) throw new Refusal(400, 'Not enough unallocated space to restore the backup.');
  if (target.status !== 'offline') throw new Refusal(400, 'The Linode must be powered off to restore a backup over its disks.');
  state.begin(target, 'backups_restore', { backup: backup.id });
}

/** A restore that failed has deleted the disks all the same. */
function restored(backup: Backup | undefined, linode: Linode, failed: boolean): void {
  if (failed || !backup) {
    linode.disks = [];
    return;
  }
  const { disks, image, rootPass, authorizedKeys, swapSize } = backup.content;
  Object.assign(linode, { image, rootPass, authorizedKeys, swapSize, disks: disks.map((disk) => ({ ...disk, status: 'ready' })) });
}

function takeBackup(state: State, id: string, order: number): void {
  const { world } = state;
  const linode = state.linodes.get(id);
  if (!linode?.backups || linode.backupOrders !== order) return;
  world.schedule('backup', { linode: id, order }, EVERY_MS);
  const { image, rootPass, authorizedKeys, swapSize, disks } = linode;
  const made = backupsIn(world).put({
    id: String(world.nextInt('backup', 340_000_001)),
    linode: id,
    status: 'running',
    createdMs: world.now(),
    finishedMs: null,
    content: {
      image,
      rootPass,
      authorizedKeys,
      swapSize,
      disks,
      config: `My ${disks[0]?.label.replace(/ Disk$/, '') ?? 'Linode'} Disk Profile`,
    },
  });
  world.schedule('backup-taken', { backup: made.id }, TAKES_MS);
}

function backupTaken({ world, linodes }: State, id: string): void {
  const backups = backupsIn(world);
  const backup = backups.get(id);
  const linode = backup && linodes.get(backup.linode);
  if (!linode) return;
  const failed = world.hasFlag('backup-fails', linode.id);
  backups.put({ ...backup, status: failed ? 'failed' : 'successful', finishedMs: world.now() });
  const old = backups.filter((each) => each.linode === linode.id).slice(0, -KEPT);
  for (const each of old) backups.delete(each.id);
  if (!failed) linodes.put({ ...linode, lastBackupMs: world.now() });
}

function view(backup: Backup): Record<string, unknown> {
  const { content, createdMs, finishedMs, status } = backup;
  return {
    id: Number(backup.id),
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
