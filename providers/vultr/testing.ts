/** A simulated Vultr account for this folder's tests. */
import { RateBudget } from '../rate-budget.ts';
import type { AccountConnection } from '../provider.ts';
import type { Properties, ResourceDefinition } from '../resource.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { Rest } from '../kit/rest.ts';
import type { Context } from '../kit/server-sheet.ts';
import { groups, keys, reverseIpv4, reverseIpv6, rule, scripts } from './helpers.ts';
import { dialect } from './rest.ts';
import { Instance } from './schemas.ts';
import { servers } from './server.ts';
import { simulation } from './simulator/simulator.ts';

export const instanceResource = servers.resource();
export const sshKeyResource = keys.resource();
export const firewallGroupResource = groups.resource();
export const startupScriptResource = scripts.resource();
export const firewallRuleResource = rule;
export const reverseIpv4Resource = reverseIpv4;
export const reverseIpv6Resource = reverseIpv6;

/** Buys an instance as a stranger would. */
export function buy({ client }: Bench, body: Record<string, unknown>): Promise<Instance> {
  return client.one({ method: 'POST', path: '/v2/instances', body }, 'instance', Instance);
}

export interface Bench {
  readonly simulator: Simulator;
  readonly client: Rest;
  readonly connection: AccountConnection;
  readonly warnings: string[];
  context(urn: string, signal?: AbortSignal): Context;
  fault(fault: Record<string, unknown>): Promise<void>;
  /** Requests seen by the simulator, newest last, as `METHOD path`. */
  calls(): Promise<string[]>;
}

/** Runs `use` with a simulator at 400 times the real speed; a consistency window to match. */
export async function withBench(use: (bench: Bench) => Promise<void>, speed = 400, instanceLimit = 500): Promise<void> {
  const simulator = await startSimulator({
    speed,
    simulations: [{ ...simulation, accountDefaults: { ...simulation.accountDefaults, instanceLimit } }],
  });
  try {
    const token = `sim-vultr-${Math.random().toString(36).slice(2)}`;
    const connection: AccountConnection = {
      accountId: 'test',
      credential: { apiKey: token },
      endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('vultr') },
      budget: new RateBudget(1_000, 1_000),
    };
    const client = new Rest({ ...dialect, consistencyMs: { real: 400, simulator: 400 } }, connection);
    const warnings: string[] = [];
    await use({
      simulator,
      client,
      connection,
      warnings,
      context: (urn, signal = new AbortController().signal) => ({
        client,
        urn,
        signal,
        log: (severity, message) => void (severity === 'warning' && warnings.push(message)),
        progress: () => undefined,
      }),
      fault: async (fault) => {
        const answer = await fetch(`${simulator.origin}/_simulator/faults`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ provider: 'vultr', ...fault }),
        });
        if (!answer.ok) throw new Error(`The fault was refused: ${await answer.text()}`);
      },
      calls: async () => {
        const answer = await fetch(`${simulator.origin}/_simulator/requests?provider=vultr&limit=1000`);
        const seen = (await answer.json()) as { requests?: { method: string; path: string }[] } | { method: string; path: string }[];
        const list = Array.isArray(seen) ? seen : (seen.requests ?? []);
        return list.map((call) => `${call.method} ${call.path}`);
      },
    });
  } finally {
    await simulator.close();
  }
}

export function urn(name: string, type = 'vultr:index/instance:Instance'): string {
  return `urn:pulumi:vps-test::plinth::${type}::${name}`;
}

/** An instance's inputs; `os` 2284 is Ubuntu 24.04, 1764 Windows 2019. */
export function instanceInputs(changes: Properties = {}): Properties {
  return {
    region: 'ewr',
    plan: 'vc2-1c-2gb',
    osId: 2284,
    label: 'web',
    hostname: 'web.example.com',
    tags: ['plinth-vps-abc1-g1', 'customer'],
    backups: 'disabled',
    ...changes,
  };
}

export async function createOf(bench: Bench, definition: ResourceDefinition, name: string, inputs: Properties) {
  return definition.create(bench.context(urn(name, definition.token)), inputs);
}
