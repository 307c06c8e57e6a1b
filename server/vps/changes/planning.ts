/** What plans of a change have in common. */
import type { Descriptor } from '../../../providers/provider.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import { providerOf } from '../../accounts/accounts.ts';
import type { Json } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { checkPassword } from '../create/checks.ts';
import { makePassword } from '../password/password.ts';
import type { VpsWithAccount } from '../store.ts';
import { withoutUserData, wholeSpec } from '../user-data.ts';
import type { PlannedChange } from './planned-change.ts';

/** The plan that changes nothing, and the provider it is made for. */
export function unchanged(services: Services, vps: VpsWithAccount) {
  const before = wholeSpec(services.secrets, vps);
  const { descriptor } = providerOf(services, vps.account);
  const same: PlannedChange = { before, spec: before, way: 'update', password: null, notes: [] };
  return { before, descriptor, same };
}

/** @throws Refusal 409 when it is the one that the VPS has */
export function mustDiffer(spec: VpsSpec, before: VpsSpec): VpsSpec {
  if (JSON.stringify(spec) === JSON.stringify(before))
    throw new Refusal(409, 'nothing_to_change', 'The VPS is so already. Send what shall be different.');
  return spec;
}

/** The one that was asked for, else one by the provider's rules. Secret. */
export function newPassword(asked: string | undefined, { password }: Descriptor): string {
  if (asked !== undefined) checkPassword(asked, password);
  return asked ?? makePassword(password);
}

/** The same for the provider's backups. @throws Refusal when it has none */
export function toBackups(services: Services, vps: VpsWithAccount, backups: boolean): Record<string, Json> {
  const { before, descriptor } = unchanged(services, vps);
  const { can, reason } = { reason: '', ...descriptor.capabilities.backups };
  if (backups && !can) throw new Refusal(409, 'not_supported', `backups: ${reason}`);
  return { spec: withoutUserData({ ...before, compute: { ...before.compute, backups } }), way: 'update' };
}

/** What a worker needs to give a VPS that plan; whether the provider has it was asked when the change was. */
export function toPlan(services: Services, vps: VpsWithAccount, plan: string): Record<string, Json> {
  const { before } = unchanged(services, vps);
  return { spec: withoutUserData({ ...before, compute: { ...before.compute, plan } }), way: 'update' };
}
