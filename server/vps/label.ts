/** A rename takes its label when it is ordered; what does not come about gives it back. */
import { VpsSpec } from '../../stacks/spec.ts';
import type { Db } from '../kernel/database.ts';
import { livingLabelExists, type VpsColumns, type VpsWithAccount } from './store.ts';

/** To the label of the spec, unless another VPS has taken that meanwhile. */
export async function labelBack(tx: Db, vps: VpsWithAccount): Promise<VpsColumns | null> {
  const { label } = VpsSpec.parse(vps.spec);
  if (label === vps.label || (await livingLabelExists(tx, vps.organizationId, label))) return null;
  return { label };
}

/** Once more to the label that the rename wished; null when another VPS has it. */
export async function labelAgain(tx: Db, vps: VpsWithAccount, wished: unknown): Promise<VpsColumns | null> {
  const { label } = VpsSpec.parse(wished);
  if (label === vps.label) return {};
  return (await livingLabelExists(tx, vps.organizationId, label)) ? null : { label };
}
