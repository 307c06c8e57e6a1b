/**
 * The simulator's control API for the dashboard: named calls with parsed answers, never an open proxy. Only what a person
 * may see comes through: its instances' passwords and user data stay there.
 */
import { z } from 'zod';
import {
  type SimulatorFault,
  SimulatorInstances,
  SimulatorRecords,
  SimulatorRequests,
  SimulatorState,
} from '../../../contract/simulator.ts';
import { simulatorOrigin } from '../../kernel/simulator-origin.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';

const TIMEOUT_MS = 10_000;

const Fault = z.object({
  id: z.string(),
  provider: z.string(),
  kind: z.string(),
  method: z.string().optional(),
  path: z.string().optional(),
  times: z.int().nullable(),
  hits: z.int(),
  status: z.number().optional(),
  ms: z.number().optional(),
  when: z.string().optional(),
  flag: z.string().optional(),
  match: z.string().optional(),
});
const State = SimulatorState.extend({
  providers: z.array(SimulatorState.shape.providers.element.strip()),
  faults: z.array(Fault),
}).strip();
// Only what the contract names goes on: the simulator's own answers also have passwords.
const Instance = SimulatorInstances.shape.instances.element.strip();
const DnsRecord = SimulatorRecords.shape.records.element.strip();
const Logged = SimulatorRequests.shape.requests.element.extend({ fault: z.string().nullable().default(null) }).strip();

export async function simulatorState(services: Services) {
  const { faults, ...rest } = await ask(services, State, 'GET', '/');
  return { ...rest, faults: faults.map(presentFault) };
}

export const simulatorInstances = (services: Services) => ask(services, z.array(Instance), 'GET', '/instances');
export const simulatorRecords = (services: Services) => ask(services, z.array(DnsRecord), 'GET', '/records');

export async function simulatorRequests(services: Services, limit: number, provider: string | undefined) {
  const query = new URLSearchParams({ limit: String(limit), ...(provider === undefined ? {} : { provider }) });
  return await ask(services, z.array(Logged), 'GET', `/requests?${query.toString()}`);
}

/** Changes an instance behind everyone's back; `what` is a change of the control API. */
export async function changeInstance(services: Services, provider: string, id: string, what: string, body: object): Promise<void> {
  await ask(services, z.unknown(), 'POST', `/instances/${encodeURIComponent(provider)}/${encodeURIComponent(id)}/${what}`, body);
}

export async function setStock(services: Services, stock: object): Promise<void> {
  await ask(services, z.unknown(), 'POST', '/stock', stock, true);
}

export async function addFault(services: Services, fault: object): Promise<SimulatorFault> {
  return presentFault(await ask(services, Fault, 'POST', '/faults', fault, true));
}

export async function removeFault(services: Services, id: string): Promise<void> {
  await ask(services, z.unknown(), 'DELETE', `/faults/${encodeURIComponent(id)}`);
}

function presentFault({
  id,
  provider,
  kind,
  method,
  path,
  times,
  hits,
  status,
  ms,
  when,
  flag,
  match,
}: z.infer<typeof Fault>): SimulatorFault {
  const details = [status, ms === undefined ? undefined : `${ms} ms`, when, flag, match === undefined ? undefined : `“${match}”`];
  const detail = details.filter((each) => each !== undefined).join(', ');
  return { id, provider, kind, method: method ?? null, path: path ?? null, times, hits, detail };
}

/** @throws Refusal when there is no simulator, it does not answer, or it refuses. */
async function ask<T>(services: Services, schema: z.ZodType<T>, method: string, path: string, body?: object, inBody = false): Promise<T> {
  const origin = simulatorOrigin(services);
  if (origin === null)
    throw new Refusal(
      404,
      'simulator_off',
      'There is no simulator here. In development mode SIMULATOR=on starts one; production has none.',
    );
  const { token } = services.config.simulator;
  let response: Response;
  try {
    response = await fetch(`${origin}/_simulator${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refusal(502, 'simulator_unreachable', `The simulator at ${origin} does not answer. Start it, or correct SIMULATOR_URL.`);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return schema.parse(answer);
  const said = z.object({ error: z.string() }).safeParse(answer);
  const sentence = said.success ? said.data.error : `The simulator answered ${response.status}.`;
  // What the path names is missing; what a body names is a wrong field.
  if (response.status === 404 && !inBody) throw new Refusal(404, 'not_found', sentence);
  if (response.status >= 500) throw new Refusal(502, 'simulator_failed', sentence);
  const [, field = 'body', rule = sentence] = /^(\w+): (.+)$/s.exec(sentence) ?? [];
  const remedy = 'Send what simulator/README.md says of it, for a provider that GET /api/simulator lists.';
  throw new Refusal(422, 'simulator_refused', sentence, [{ field, rule, remedy }]);
}
