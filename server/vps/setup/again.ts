/** The set-up of a server whose system is written anew. */
import type { SetupRequest } from '../../../contract/setup-profile.ts';
import { withoutSetupScript } from '../../../stacks/user-data.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import { onPlatform } from '../../kernel/can.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import type { VpsWithAccount } from '../store.ts';
import { type PreparedSetup, prepareSetup } from './prepare.ts';
import { setupOf } from './store.ts';

/** What a sold server runs is what was sold. @throws Refusal */
export function requireOwnSetup(principal: Principal, vps: Pick<VpsWithAccount, 'subscriptionId'>, change: object): void {
  if ('setup' in change && change.setup !== undefined && vps.subscriptionId !== null && !onPlatform(principal))
    throw refuseField('setup', 'is the seller’s to decide', 'Leave it out: the server is set up as it was sold.', 403, 'forbidden');
}

/**
 * The spec with a script of its own for the new system: of the profile that was asked for, else of the one that the VPS has. What
 * the former system fetched is not fetched again, so it gets other secrets and another token. `setup` null: there is no profile.
 * @throws Refusal
 */
export async function setUpAgain(
  services: Services,
  vps: VpsWithAccount,
  spec: VpsSpec,
  asked: SetupRequest | undefined,
): Promise<{ spec: VpsSpec; setup: PreparedSetup | null }> {
  const pinned = await setupOf(services.db, vps.id);
  if (!asked && !pinned) return { spec, setup: null };
  if (spec.compute.windows) throw refuseField('setup', 'is for Linux servers', 'Leave it out.', 422, 'not_supported');
  const kept = valuesOf(pinned?.values, spec);
  const request: SetupRequest = asked
    ? { ...asked, values: asked.profile === pinned?.profile ? { ...kept, ...asked.values } : asked.values }
    : { profile: pinned!.profile, version: pinned!.version, values: kept };
  return await prepareSetup(services, { ...spec, cloudInit: withoutSetupScript(spec.cloudInit) }, request);
}

/** Without the server's own name, which is the one that it has now. */
function valuesOf(values: unknown, { hostname }: VpsSpec): Record<string, string> {
  const all = (values ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => name !== 'HOSTNAME' || value === hostname));
}
