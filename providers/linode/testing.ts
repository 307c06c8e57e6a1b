/** What the tests of this folder share: a fast simulator of Linode alone, and contexts to call resources with. */
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { Rest } from '../kit/rest.ts';
import { firewalls, keys, rdns } from './helpers.ts';
import { dialect } from './rest.ts';
import { servers } from './server.ts';
import { simulation } from './simulator/simulator.ts';

export const instanceResource = servers.resource();
export const firewallResource = firewalls.resource();
export const sshKeyResource = keys.resource();
export const rdnsResource = rdns;

export async function startLinode(speed = 400): Promise<Simulator> {
  return startSimulator({ speed, simulations: [simulation] });
}

/** Every test has its own account, so that limits and labels of one do not touch another. */
export function connection(simulator: Simulator, token: string): AccountConnection {
  return {
    accountId: token,
    credential: { token },
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('linode') },
    budget: new RateBudget(100_000, 60_000),
  };
}

export interface TestContext extends ResourceContext<Rest> {
  readonly logs: string[];
}

export function context(simulator: Simulator, token: string, name = 'server', signal = AbortSignal.timeout(30_000)): TestContext {
  const logs: string[] = [];
  return {
    client: new Rest(dialect, connection(simulator, token)),
    urn: `urn:pulumi:vps-test::plinth::linode:index/instance:Instance::${name}`,
    signal,
    logs,
    log: (severity, message) => void logs.push(`${severity}: ${message}`),
    progress: () => undefined,
  };
}

export function serverInputs(label: string, extra: Properties = {}): Properties {
  return {
    label,
    region: 'eu-central',
    type: 'g6-standard-1',
    image: 'linode/debian12',
    rootPass: 'Correct-Horse-9-Battery',
    tags: [`plinth-vps-${label.replace(/[^a-z0-9]/g, '')}-g1`, 'plinth'],
    watchdogEnabled: true,
    resizeDisk: false,
    migrationType: 'cold',
    ...extra,
  };
}
