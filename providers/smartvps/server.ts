/**
 * `smartvps:index/server:Server`: one machine of an exact package. Nothing at SmartVPS carries a mark and nothing lists machines: a
 * purchase whose answer is lost is never repeated, but told to a person with what the stock showed before and after.
 */
import { isProviderError } from '../errors.ts';
import { text } from '../kit/object.ts';
import { InitializationError, type Created, type Properties, type ResourceContext, type ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import type { MachineStatus, Package, SmartVps } from './client.ts';

type Context = ResourceContext<SmartVps>;
type Call = Pick<Context, 'client' | 'signal'>;

const READY_MS = 60 * 60_000;
const TIMEOUTS = { create: 2 * READY_MS, update: READY_MS, delete: 60_000 };

/** Of the package that was ordered, exactly: a neighbour is another product. @throws ProviderError `out_of_stock` */
export function exactPackage(client: SmartVps, stock: readonly Package[], id: string, name: string): Package {
  const found = stock.find((each) => each.id === id && each.name === name);
  const refuse = (message: string): never => {
    throw client.error('out_of_stock', message, 'region');
  };
  if (!found)
    return refuse(
      `Package (PID: ${id}, Name: ${name}) no longer available in SmartVPS API. Customer ordered product that is now unavailable.`,
    );
  if (found.status !== 'active') return refuse(`Package "${name}" (PID: ${id}) is not active. Status: ${found.status}`);
  if (!(found.ipv4 > 0)) return refuse(`Package "${name}" (PID: ${id}) has no available IPs. IPv4 count: ${found.ipv4}`);
  return found;
}

async function create(ctx: Context, inputs: Properties): Promise<Created> {
  const { client, signal } = ctx;
  const [id, name, memory] = [String(inputs['packageId']), String(inputs['packageName']), String(inputs['memory'])];
  ctx.log('info', `[SMARTVPS] Using EXACT package from IPStock config: ${JSON.stringify({ packagePid: id, packageName: name, memory })}`);
  const before = exactPackage(client, await client.stock(signal), id, name);
  const seen = { id, name, status: before.status, ipv4: before.ipv4 };
  ctx.log('info', `[SMARTVPS] Exact package verified and available ${JSON.stringify(seen)}`);
  signal.throwIfAborted();
  ctx.progress('buying the machine');
  const ip = await buy(ctx, before, memory);
  let status: MachineStatus | null = null;
  try {
    status = await ready({ client, signal }, ip);
    if (typeof inputs['os'] === 'string' && inputs['os'] !== status.os) status = await install({ client, signal }, ip, inputs['os']);
    return { id: ip, outputs: outputsOf(inputs, status) };
  } catch (error) {
    // It is bought: the state must have it.
    const known = { ...inputs, ip, username: status?.username ?? '', password: status?.password ?? '', expires: status?.expires ?? '' };
    throw new InitializationError(ip, known, [error instanceof Error ? error.message : String(error)]);
  }
}

async function buy({ client }: Context, { id, name, ipv4 }: Package, memory: string): Promise<string> {
  try {
    return await client.buy(name, memory.replace(/GB$/, ''));
  } catch (error) {
    if (!isProviderError(error, 'unknown_outcome')) throw error;
    const after = await client.stock().then(
      (stock) => stock.find((each) => each.id === id && each.name === name)?.ipv4 ?? 0,
      () => null,
    );
    const told = after === null ? 'The stock could not be read afterwards.' : `It had ${ipv4} free addresses before and has ${after} now.`;
    throw client.error(
      'needs_person',
      `The answer to the purchase of one machine (${memory}) of package "${name}" (PID: ${id}) was lost: ${error.detail.message} ${told} ` +
        'It is not bought again by itself. Ask SmartVPS whether a machine was sold and which address it has; only when none was, retry.',
    );
  }
}

/** Waits until it tells its password and nothing is done to it. */
export function ready({ client, signal }: Call, ip: string): Promise<MachineStatus> {
  return waitFor({
    provider: 'smartvps',
    what: `machine ${ip} to be ready`,
    key: 'smartvps/ready',
    signal,
    deadlineMs: READY_MS,
    probe: async () => {
      const now = await client.status(ip, signal);
      return now && now.password !== '' && !now.busy ? now : undefined;
    },
  });
}

/** Reinstalls with a system; SmartVPS makes a new password, which the answer has. */
export async function install(call: Call, ip: string, os: string): Promise<MachineStatus> {
  const before = await ready(call, ip);
  await call.client.order('changeos', { ip, os }, call.signal);
  return waitFor({
    provider: 'smartvps',
    what: `machine ${ip} to be reinstalled`,
    key: 'smartvps/install',
    signal: call.signal,
    deadlineMs: READY_MS,
    probe: async () => {
      const now = await call.client.status(ip, call.signal);
      return now && !now.busy && now.os === os && now.password !== '' && now.password !== before.password ? now : undefined;
    },
  });
}

/** Whether what is paid of it is over, by what was recorded. */
function isOver(outputs: Properties): boolean {
  const until = Date.parse(String(outputs['expires'] ?? ''));
  // The day itself is paid for.
  return Number.isFinite(until) && until + 86_400_000 < Date.now();
}

function outputsOf(inputs: Properties, { ip, os, username, password, power, expires }: MachineStatus): Properties {
  return { ...inputs, ip, os: inputs['os'] ?? os, username, password, power, expires };
}

export const server: ResourceDefinition<SmartVps> = {
  token: 'smartvps:index/server:Server',
  inputs: {
    packageId: { ...text, required: true, replace: true },
    packageName: { ...text, required: true, replace: true },
    memory: { ...text, required: true, replace: true },
    os: { ...text, replace: true },
  },
  outputs: { ip: text, username: text, password: { ...text, secret: true }, power: text, expires: text },
  stableOutputs: ['ip', 'username', 'password', 'expires'],
  timeoutsMs: TIMEOUTS,
  create,
  async read({ client, signal }, id, state) {
    const status = await client.status(id, signal);
    if (!status) {
      if (state && isOver(state.outputs)) return null;
      // It says the same of what it does not know, of what is not ready and of what it is busy with.
      throw client.error('malformed', `SmartVPS says nothing of machine ${id}, which is paid for; try again later or ask its support.`);
    }
    const inputs = state?.inputs ?? { packageId: '', packageName: '', memory: `${status.memory}GB`, os: status.os };
    return { id, inputs, outputs: outputsOf(inputs, status) };
  },
  update: async ({ client, signal }, id, { inputs }) => outputsOf(inputs, await ready({ client, signal }, id)),
  async delete({ client, signal }, id, outputs) {
    const status = await client.status(id, signal);
    if (!status && isOver(outputs)) return;
    const expires = status?.expires ?? String(outputs['expires'] ?? '');
    throw client.error(
      'conflict',
      `Machine ${id} ends ${expires === '' ? 'with its paid month' : `on ${expires}`}, when nobody renews it. Until then it is paid for.`,
    );
  },
};
