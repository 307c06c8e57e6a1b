/** A VPS's passwords over time, as long as the provider's backups may bring one of them back. */
import type { VpsSpec } from '../../stacks/spec.ts';
import type { Services } from '../services/services.ts';
import type { Db, Operation } from '../store/database.ts';
import { forgetFormerPasswords, keepFormerPassword } from '../store/snapshots.ts';
import type { VpsChange, VpsWithAccount } from '../store/vpses.ts';
import { bringsPassword } from './change.ts';

/** Call before the change is written. */
export async function tendFormerPasswords(
  { secrets }: Pick<Services, 'secrets'>,
  tx: Db,
  operation: Operation,
  vps: VpsWithAccount,
  change: VpsChange | null,
): Promise<void> {
  if (operation.kind === 'destroy') return await forgetFormerPasswords(tx, vps.id);
  const { backups } = (vps.spec as VpsSpec).compute;
  if (!backups || !bringsPassword(operation) || vps.rootPassword === null || !change?.rootPassword) return;
  const place = { table: 'vps', column: 'rootPassword', id: vps.id };
  const [former, next] = [secrets.open(place, vps.rootPassword), secrets.open(place, change.rootPassword)];
  if (former === next) return;
  await keepFormerPassword(tx, vps, new Date(), (id) => secrets.seal({ table: 'former_password', column: 'password', id }, former));
}
