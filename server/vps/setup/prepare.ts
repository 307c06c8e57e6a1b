/** What a setup profile puts on a new server, decided before anything is made. */
import { randomBytes } from 'node:crypto';
import type { SetupRequest } from '../../../contract/setup-profile.ts';
import { withSetupScript } from '../../../stacks/user-data.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { publicAddress } from '../../kernel/public-address.ts';
import { sealed } from '../../kernel/sealed.ts';
import type { Services } from '../../kernel/services.ts';
import { mustProfile, rendered } from '../../profiles/profiles.ts';
import { render } from '../../profiles/render.ts';
import { hashOf, putSetup, TOKEN_MS } from './store.ts';

export const SETUP_SECRETS = sealed('vps_setup', 'secrets');

export interface PreparedSetup {
  readonly profile: string;
  readonly version: number;
  readonly values: Readonly<Record<string, string>>;
  readonly checks: Json;
  readonly readyWithin: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly token: string | null;
}

/** The spec with the script in it, and what is to be known of it. `HOSTNAME` is the server's, unless it is said. @throws Refusal */
export async function prepareSetup(
  services: Services,
  spec: VpsSpec,
  request: SetupRequest,
): Promise<{ spec: VpsSpec; setup: PreparedSetup }> {
  const { name, version, template } = await mustProfile(services.db, request.profile, request.version);
  const known: Record<string, string> = template.variables.some((each) => each.name === 'HOSTNAME') ? { HOSTNAME: spec.hostname } : {};
  const values = { ...known, ...request.values };
  const secrets = Object.fromEntries(
    template.variables.filter(({ type }) => type === 'secret').map((each) => [each.name, randomBytes(32).toString('base64url')]),
  );
  const fetched = template.secrets === 'fetched';
  const token = fetched ? randomBytes(32).toString('base64url') : null;
  const carried = { setupUrl: token === null ? null : `${publicAddress(services.config)}/api/setup/${token}`, secrets };
  const { script } = rendered(() => render(`${name}, version ${version}`, template, values, carried));
  const { checks, ready_within: readyWithin } = template;
  return {
    spec: { ...spec, cloudInit: withSetupScript(spec.cloudInit, script) },
    setup: { profile: name, version, values, checks: checks as Json, readyWithin, secrets, token },
  };
}

/** In the transaction that makes the VPS, or orders its new system: what an earlier one had is over. */
export async function recordSetup(services: Services, tx: Db, vpsId: string, setup: PreparedSetup): Promise<void> {
  const { profile, version, values, checks, readyWithin, secrets, token } = setup;
  await putSetup(tx, {
    vpsId,
    profile,
    version,
    values: { ...values },
    checks,
    readyWithin,
    secrets: SETUP_SECRETS.seal(services.secrets, vpsId, JSON.stringify(secrets)),
    tokenHash: token === null ? null : hashOf(token),
    tokenEnds: token === null ? null : new Date(timeNow().getTime() + TOKEN_MS),
  });
}
