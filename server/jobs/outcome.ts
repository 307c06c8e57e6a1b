/** What the end of an operation makes of its VPS's row. */
import type { EngineFault, EngineResult } from '../../automation/types.ts';
import { VpsSpec } from '../../stacks/spec.ts';
import { nextPasswordPlace, type ChangeRequest } from '../services/lifecycle/actions.ts';
import { labelBack } from '../services/lifecycle/label.ts';
import type { Services } from '../services/services.ts';
import { outputsChange } from '../services/vps-outputs.ts';
import type { Db, Operation } from '../store/database.ts';
import type { VpsChange, VpsWithAccount } from '../store/vpses.ts';
import { bringsPassword } from './change.ts';
import type { PowerProgress } from './direct.ts';

/** They boot the server from another disk, or from one written anew. */
const NEW_DISK: ReadonlySet<string> = new Set(['reinstall', 'restore-snapshot']);
/** Ends before the provider touched anything. */
const REFUSED: ReadonlySet<string> = new Set(['credentials', 'forbidden', 'quota', 'invalid', 'not_found']);

/** After success. `operation` as it is in the database now. */
export function successChange(services: Services, operation: Operation, vps: VpsWithAccount, result: EngineResult): VpsChange | null {
  const progress = operation.progress as PowerProgress | null;
  const outputs = result.outputs ? outputsChange(services, vps.id, result.outputs) : {};
  const power = progress?.power === undefined ? {} : { powerState: progress.power };
  switch (operation.kind) {
    case 'preview':
      return null;
    case 'destroy':
      return {
        status: 'terminated',
        deletedAt: new Date(),
        rootPassword: null,
        requestedPassword: null,
        nextPassword: null,
        // The server of an import that was given up was never this VPS's.
        ...(vps.importing === null ? {} : { instanceId: null }),
      };
    case 'import':
      // Given up while it succeeded: it stays one that is only forgotten.
      return { status: 'active', ...power, ...outputs, ...(vps.status === 'destroying' ? {} : { importing: null }) };
    case 'provision':
      return { status: 'active', powerState: 'running', ...outputs };
    case 'suspend':
      return { ...power, ...(progress?.formerPower === undefined ? {} : { suspendedPower: progress.formerPower }) };
    case 'rescue':
      return { rescueSince: vps.rescueSince ?? new Date(), powerState: 'running' };
    case 'unrescue':
      return { rescueSince: null, powerState: 'running' };
    case 'drift-repair':
      return { ...outputs, ...serverChange(vps, outputs) };
    case 'unsuspend':
      return { ...power, status: 'active', suspendReason: null, suspendedAt: null, suspendedPower: null };
    default:
      return {
        ...power,
        ...outputs,
        ...specChange(operation, vps),
        ...passwordChange(services, operation, vps),
        ...(NEW_DISK.has(operation.kind) ? { rescueSince: null, powerState: 'running' } : {}),
      };
  }
}

/** After the last failure: what was taken in advance is given back, and a lost disk or server shows. */
export async function failureChange(tx: Db, operation: Operation, vps: VpsWithAccount, fault: EngineFault): Promise<VpsChange | null> {
  if (operation.kind === 'destroy') return { status: fault.kind === 'leaked' ? 'leaked' : 'error' };
  if (vps.status === 'destroying') return null;
  // The server is anybody's again.
  if (operation.kind === 'import') return { status: 'error', instanceId: null };
  if (operation.kind === 'provision' || operation.kind === 'reinstall') return { status: 'error' };
  if (operation.kind === 'restore-snapshot') return REFUSED.has(fault.kind) ? null : { status: 'error' };
  return operation.kind === 'rename' ? await labelBack(tx, vps) : null;
}

/** The change while an ending is ordered, which has the last word on the status; what a restore goes back to follows the change. */
export function besideEnding(operation: Operation, vps: VpsWithAccount, change: VpsChange): VpsChange {
  const { status, ...rest } = change;
  if (operation.kind === 'destroy' || status === undefined) return change;
  if (vps.status === 'terminating') return { ...rest, formerStatus: status };
  return vps.status === 'destroying' ? rest : change;
}

/** A new server has nothing of the lost one's: neither the rescue system it ran nor the change of it that failed. */
function serverChange(vps: VpsWithAccount, { instanceId }: VpsChange): VpsChange {
  if (instanceId === undefined || instanceId === vps.instanceId) return {};
  return { rescueSince: null, ...(vps.status === 'error' ? { status: 'active', powerState: 'running' } : {}) };
}

function specChange(operation: Operation, vps: VpsWithAccount): VpsChange {
  const { spec: wanted } = operation.request as ChangeRequest;
  if (wanted === undefined) return {};
  const spec = VpsSpec.parse(wanted);
  const { plan, image } = spec.compute;
  const status = NEW_DISK.has(operation.kind) && vps.status === 'error' ? { status: 'active' } : {};
  return { spec, label: spec.label, plan, image, generation: spec.generation, ...status };
}

/** The new password is the VPS's own from now on, and may be shown once again. */
function passwordChange(services: Services, operation: Operation, vps: VpsWithAccount): VpsChange {
  if (!bringsPassword(operation) || vps.nextPassword === null) return {};
  const password = services.secrets.open(nextPasswordPlace(vps.id), vps.nextPassword);
  const seal = (column: string): string => services.secrets.seal({ table: 'vps', column, id: vps.id }, password);
  return {
    requestedPassword: seal('requestedPassword'),
    nextPassword: null,
    // Where the provider makes its own (Windows), the stack's outputs had the last word.
    ...((vps.spec as VpsSpec).compute.windows && operation.kind !== 'restore-snapshot' ? {} : { rootPassword: seal('rootPassword') }),
    revealCount: 0,
    lastRevealedAt: null,
    powerState: 'running',
  };
}
