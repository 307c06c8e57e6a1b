/** A VPS's stack for a person at a terminal: its full name and its config, without anything readable that is secret. */
import { openPassword } from '../vps/password/life.ts';
import { timeNow } from '../kernel/clock.ts';
import type { StackAnswer } from '../../contract/stack.ts';
import { PROJECT, stackName, type VpsSpec } from '../../stacks/spec.ts';
import { Refusal } from '../kernel/problem.ts';
import { PULLED_KEY, pulledMark } from './doors/pulled.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { findProvider } from '../kernel/services.ts';
import { hasUserData, wholeSpec } from '../vps/user-data.ts';
import { mustVps } from '../vps/vps.ts';

/** Config of the stack that is not Plinth's own: which account a provider's plugin asks the service for. */
const ACCOUNT_KEY = 'plinthAccount';

/** @throws Refusal when there is no such VPS for this principal, or it is terminated. */
export async function stackOf(services: Services, principal: Principal, id: string): Promise<StackAnswer> {
  const vps = await mustVps(services, principal, id);
  if (vps.status === 'terminated') throw new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is terminated; its stack is no more.`);
  const spec = wholeSpec(services.secrets, vps);
  const password = openPassword(services.secrets, 'requestedPassword', vps);
  const texts = {
    ...(password === null ? {} : { password }),
    ...(hasUserData(spec.cloudInit) ? { cloudInit: JSON.stringify(spec.cloudInit) } : {}),
  };
  const stack = stackName(vps.id);
  const { organization, ciphertexts, markOf } = await services.stacks.prepare(stack, Object.values(texts));
  const secure = Object.fromEntries(Object.keys(texts).map((name, index) => [name, { secure: ciphertexts[index]! }]));
  return {
    organization,
    project: PROJECT,
    stack,
    config: {
      // Pulumi's own form of a secret inside an object: the file and the service's tables hold no user data in clear.
      [`${PROJECT}:spec`]: { ...spec, ...(secure['cloudInit'] ? { cloudInit: secure['cloudInit'] } : {}) },
      [PULLED_KEY]: pulledMark(spec, markOf, timeNow()),
      ...accountsOf(services, spec),
      ...(secure['password'] ? { [`${PROJECT}:rootPassword`]: secure['password'] } : {}),
    },
  };
}

/** The account of each provider's plugin, by config key. @throws Refusal where the command line cannot. */
export function accountsOf(services: Services, { compute, dns }: VpsSpec): Record<string, string> {
  const config: Record<string, string> = {};
  for (const { provider, accountId } of [compute, ...(dns ? [dns] : [])]) {
    const pulumiPackage = findProvider(services, provider)?.descriptor.pulumiPackage;
    if (pulumiPackage === undefined) throw new Refusal(409, 'unknown_provider', `This Plinth has no provider "${provider}" any more.`);
    const key = `${pulumiPackage}:${ACCOUNT_KEY}`;
    // One plugin process serves one account; the service itself has no such limit.
    if (config[key] !== undefined && config[key] !== accountId)
      throw new Refusal(409, 'two_accounts', `This VPS uses two accounts of ${provider}, which the command line cannot. Let Plinth do it.`);
    config[key] = accountId;
  }
  return config;
}
