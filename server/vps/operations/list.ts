/* Made from the files of contract/operations/ by `node scripts/kinds.ts`. Add a kind there, not here. */
import { sheet as configureKind } from './configure.ts';
import { sheet as deleteSnapshotKind } from './delete-snapshot.ts';
import { sheet as destroyKind } from './destroy.ts';
import { sheet as driftCheckKind } from './drift-check.ts';
import { sheet as driftRepairKind } from './drift-repair.ts';
import { sheet as handDestroyKind } from './hand-destroy.ts';
import { sheet as handRefreshKind } from './hand-refresh.ts';
import { sheet as handUpdateKind } from './hand-update.ts';
import { sheet as importKind } from './import.ts';
import { sheet as powerCycleKind } from './power-cycle.ts';
import { sheet as previewKind } from './preview.ts';
import { sheet as provisionKind } from './provision.ts';
import { sheet as rebootKind } from './reboot.ts';
import { sheet as refreshKind } from './refresh.ts';
import { sheet as reinstallKind } from './reinstall.ts';
import { sheet as renameKind } from './rename.ts';
import { sheet as rescueKind } from './rescue.ts';
import { sheet as resetPasswordKind } from './reset-password.ts';
import { sheet as resizeKind } from './resize.ts';
import { sheet as restoreSnapshotKind } from './restore-snapshot.ts';
import { sheet as snapshotKind } from './snapshot.ts';
import { sheet as startKind } from './start.ts';
import { sheet as stopKind } from './stop.ts';
import { sheet as suspendKind } from './suspend.ts';
import { sheet as undoEndKind } from './undo-end.ts';
import { sheet as unrescueKind } from './unrescue.ts';
import { sheet as unsuspendKind } from './unsuspend.ts';

export const SHEETS = [
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
