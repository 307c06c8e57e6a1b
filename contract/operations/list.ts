/* Made from the files of contract/operations/ by `node scripts/kinds.ts`. Add a kind there, not here. */
import { kind as configureKind } from './configure.ts';
import { kind as deleteSnapshotKind } from './delete-snapshot.ts';
import { kind as destroyKind } from './destroy.ts';
import { kind as driftCheckKind } from './drift-check.ts';
import { kind as driftRepairKind } from './drift-repair.ts';
import { kind as handDestroyKind } from './hand-destroy.ts';
import { kind as handRefreshKind } from './hand-refresh.ts';
import { kind as handUpdateKind } from './hand-update.ts';
import { kind as importKind } from './import.ts';
import { kind as powerCycleKind } from './power-cycle.ts';
import { kind as previewKind } from './preview.ts';
import { kind as provisionKind } from './provision.ts';
import { kind as rebootKind } from './reboot.ts';
import { kind as refreshKind } from './refresh.ts';
import { kind as reinstallKind } from './reinstall.ts';
import { kind as renameKind } from './rename.ts';
import { kind as rescueKind } from './rescue.ts';
import { kind as resetPasswordKind } from './reset-password.ts';
import { kind as resizeKind } from './resize.ts';
import { kind as restoreSnapshotKind } from './restore-snapshot.ts';
import { kind as snapshotKind } from './snapshot.ts';
import { kind as startKind } from './start.ts';
import { kind as stopKind } from './stop.ts';
import { kind as suspendKind } from './suspend.ts';
import { kind as undoEndKind } from './undo-end.ts';
import { kind as unrescueKind } from './unrescue.ts';
import { kind as unsuspendKind } from './unsuspend.ts';

export const KINDS = [
  configureKind,
  deleteSnapshotKind,
  destroyKind,
  driftCheckKind,
  driftRepairKind,
  handDestroyKind,
  handRefreshKind,
  handUpdateKind,
  importKind,
  powerCycleKind,
  previewKind,
  provisionKind,
  rebootKind,
  refreshKind,
  reinstallKind,
  renameKind,
  rescueKind,
  resetPasswordKind,
  resizeKind,
  restoreSnapshotKind,
  snapshotKind,
  startKind,
  stopKind,
  suspendKind,
  undoEndKind,
  unrescueKind,
  unsuspendKind,
] as const;
