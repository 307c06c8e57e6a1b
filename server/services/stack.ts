/** A VPS's stack for a person at a terminal: its full name and its config, without anything readable that is secret. */
import type { StackAnswer } from '../../contract/stack.ts';
import { PROJECT, stackName, VpsSpec } from '../../stacks/spec.ts';
import { Refusal } from '../problem.ts';
import type { Principal, Services } from './services.ts';
import { findProvider } from './services.ts';
import { mustVps } from './vps.ts';

/** Config of the stack that is not Plinth's own: which account a provider's plugin asks the service for. */
const ACCOUNT_KEY = 'plinthAccount';

/** @throws Refusal when there is no such VPS for this principal, or it is terminated. */
export async function stackOf(services: Services, principal: Principal, id: string): Promise<StackAnswer> {
  const vps = await mustVps(services, principal, id);
  if (vps.status === 'terminated') throw new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is terminated; its stack is no more.`);
  const spec = VpsSpec.parse(vps.spec);
  const password =
    vps.requestedPassword === null
      ? []
      : [services.secrets.open({ table: 'vps', column: 'requestedPassword', id: vps.id }, vps.requestedPassword)];
  const stack = stackName(vps.id);
  const { organization, ciphertexts } = await services.stacks.prepare(stack, password);
  return {
    organization,
    project: PROJECT,
    stack,
    config: {
      [`${PROJECT}:spec`]: spec,
      ...accountsOf(services, spec),
      ...(ciphertexts[0] === undefined ? {} : { [`${PROJECT}:rootPassword`]: { secure: ciphertexts[0] } }),
    },
  };
}

function accountsOf(services: Services, { compute, dns }: VpsSpec): Record<string, string> {
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
