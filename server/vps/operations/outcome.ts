/** What the end of an operation makes of its VPS's row, as the sheet of its kind says. */
import type { EngineFault } from '../../../automation/types.ts';
import type { Services } from '../../kernel/services.ts';
import type { Db, Operation } from '../../kernel/database.ts';
import type { VpsColumns, VpsWithAccount } from '../store.ts';
import type { Attempted, Ended, EndedWell, Sheet } from './sheet.ts';
import { sheetOf } from './sheets.ts';

type Told = Pick<Operation, 'id' | 'kind' | 'request' | 'progress' | 'vpsId'>;

function endOf(services: Pick<Services, 'secrets' | 'enqueue'>, operation: Told, vps: VpsWithAccount): Ended & { readonly sheet: Sheet } {
  const sheet = sheetOf(operation.kind);
  const request = sheet.contract.request.parse(operation.request);
  const progress = sheet.contract.progress.parse(operation.progress ?? {});
  return { services, operation, request, progress, vps, sheet, bringsPassword: sheet.bringsPassword?.(request) === true };
}

/** `operation` as it is in the database now. */
export function successOf(
  services: Pick<Services, 'secrets' | 'enqueue'>,
  operation: Told,
  vps: VpsWithAccount,
  result: Attempted,
): EndedWell & { readonly sheet: Sheet } {
  return { ...endOf(services, operation, vps), result };
}

/** After the last failure, or when it was taken back before any worker began it. */
export async function failureChange(
  services: Pick<Services, 'secrets' | 'enqueue'>,
  tx: Db,
  operation: Told,
  vps: VpsWithAccount,
  fault: EngineFault,
  begun = true,
): Promise<VpsColumns | null> {
  const ended = endOf(services, operation, vps);
  // Its end has the last word.
  if (vps.status === 'destroying' && !ended.sheet.traits.endsStack) return null;
  return (await ended.sheet.failed?.({ ...ended, tx, fault, begun })) ?? null;
}

/** The change while an ending is ordered, which has the last word on the status; what a restore goes back to follows the change. */
export function besideEnding(operation: Pick<Operation, 'kind'>, vps: Pick<VpsWithAccount, 'status'>, change: VpsColumns): VpsColumns {
  const { status, ...rest } = change;
  if (sheetOf(operation.kind).traits.endsStack || status === undefined) return change;
  if (vps.status === 'terminating') return { ...rest, formerStatus: status };
  return vps.status === 'destroying' ? rest : change;
}
