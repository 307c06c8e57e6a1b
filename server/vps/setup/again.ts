/** The set-up of a server whose system is written anew. */
import type { z } from 'zod';
import type { SetupChoices, SetupRequest } from '../../../contract/setup-profile.ts';
import { withoutSetupScript } from '../../../stacks/user-data.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { onPlatform } from '../../kernel/can.ts';
import type { Db } from '../../kernel/database.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { offeredProfiles } from '../../profiles/profiles.ts';
import type { VpsWithAccount } from '../store.ts';
import { type PreparedSetup, prepareSetup } from './prepare.ts';
import { profilesSoldWith, setupOf } from './store.ts';

/**
 * What a sold server runs is what was sold: its product says which profiles may take the place of that, each as the seller has
 * published it last. @throws Refusal
 */
export async function requireOwnSetup(db: Db, principal: Principal, vps: Sold, change: object): Promise<void> {
  if (!('setup' in change) || change.setup === undefined) return;
  requireOffered(await offeredTo(db, principal, vps), change.setup as SetupRequest | null);
}

/** @param offered names of profiles; null: any. `asked` null: none from now on. @throws Refusal 403 */
export function requireOffered(offered: readonly string[] | null, asked: SetupRequest | null): void {
  if (offered === null) return;
  if (offered.length === 0)
    throw refuseField('setup', 'is the seller’s to decide', 'Leave it out: the server is set up as it is sold.', 403, 'forbidden');
  if (asked === null) return;
  if (!offered.includes(asked.profile))
    throw refuseField(
      'setup.profile',
      `"${asked.profile}" is not offered with what was bought`,
      `Choose one of ${offered.join(', ')}, or leave it out.`,
      403,
      'profile_not_offered',
    );
  if (asked.version !== undefined)
    throw refuseField('setup.version', 'is the seller’s to decide', 'Leave it out for the newest.', 403, 'forbidden');
}

type Sold = Pick<VpsWithAccount, 'subscriptionId'>;

/** The names of the profiles that may be chosen for it; null: any. */
async function offeredTo(db: Db, principal: Principal, { subscriptionId }: Sold): Promise<readonly string[] | null> {
  return subscriptionId === null || onPlatform(principal) ? null : await profilesSoldWith(db, subscriptionId);
}

/** As offered; of all the seller's profiles (`template:read`) an organization is told none but its server's own. */
async function shownTo(
  db: Db,
  principal: Principal,
  vps: Sold,
  pinned: { readonly profile: string } | null,
): Promise<readonly string[] | null> {
  const offered = await offeredTo(db, principal, vps);
  if (offered !== null || onPlatform(principal)) return offered;
  return pinned ? [pinned.profile] : [];
}

/** What sets a server up now, and what may do so when its system is written anew. Without a script: that is the seller's own. */
export async function setupChoices(db: Db, principal: Principal, vps: VpsWithAccount): Promise<z.input<typeof SetupChoices>> {
  const pinned = await setupOf(db, vps.id);
  const offered = VpsSpec.parse(vps.spec).compute.windows ? [] : await shownTo(db, principal, vps, pinned);
  // What the seller filled in for a profile that its customer may not choose is the seller's own, too.
  const isTheirs = pinned !== null && (offered?.includes(pinned.profile) ?? true);
  return {
    present: pinned && {
      profile: pinned.profile,
      version: pinned.version,
      values: isTheirs ? (pinned.values as Record<string, string>) : {},
    },
    profiles: await offeredProfiles(db, offered),
  };
}

/**
 * The spec with a script of its own for the new system: of the profile that was asked for, else of the one that the VPS has. What
 * the former system fetched is not fetched again, so it gets other secrets and another token. `asked` null: none from now on.
 * `setup` null: there is no profile.
 * @throws Refusal
 */
export async function setUpAgain(
  services: Services,
  vps: VpsWithAccount,
  spec: VpsSpec,
  asked: SetupRequest | null | undefined,
): Promise<{ spec: VpsSpec; setup: PreparedSetup | null }> {
  const pinned = await setupOf(services.db, vps.id);
  if (!asked && !pinned) return { spec, setup: null };
  if (asked === null) return { spec: { ...spec, cloudInit: withoutSetupScript(spec.cloudInit) }, setup: null };
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
