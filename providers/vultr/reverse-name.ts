/** What the reverse names of both IP versions share: names compare without case and end dot, and only our own is taken away. */
import type { Json, Properties, PropertySpec, ReadResult, ResourceContext, ResourceDefinition } from '../resource.ts';
import type { VultrClient } from './client.ts';
import { problem } from './instance-state.ts';

export const REVERSE_TIMEOUT_MS = 5 * 60_000;

export type Context = ResourceContext<VultrClient>;

/** One IP version: where its names stand, and how one is set and taken away. */
interface ReverseNames<Entry extends { readonly reverse: string }> {
  readonly token: string;
  readonly outputs: Readonly<Record<string, PropertySpec>>;
  /** Where one address can be written in several ways. */
  readonly sameAddress?: PropertySpec['same'];
  /** @returns null where the instance or the address is not there. */
  readonly find: (ctx: Context, instanceId: string, ip: string) => Promise<Entry | null>;
  readonly create: (ctx: Context, inputs: Properties) => Promise<{ id: string; outputs: Properties }>;
  /** What is told of the address beside its inputs. */
  readonly details: (entry: Entry) => Properties;
  readonly drop: (ctx: Context, instanceId: string, ip: string) => Promise<void>;
}

/** The resource of one IP version. Its id is the address; an import names the instance too. */
export function reverseNames<Entry extends { readonly reverse: string }>(version: ReverseNames<Entry>): ResourceDefinition<VultrClient> {
  const { token, outputs, sameAddress, find, create, details, drop } = version;
  const read = async (ctx: Context, id: string, state?: { inputs: Properties; outputs: Properties }): Promise<ReadResult | null> => {
    const [first, second] = id.split(',');
    const instanceId = second === undefined ? state?.inputs['instanceId'] : first;
    const ip = second ?? first ?? '';
    if (typeof instanceId !== 'string') throw problem('invalid', `Reverse name ${id} is imported as "<instance id>,<address>".`);
    const entry = await find(ctx, instanceId, ip);
    if (entry === null) return null;
    const inputs = { instanceId, ip, reverse: entry.reverse };
    return { id: ip, inputs, outputs: { ...inputs, ...details(entry) } };
  };
  return {
    token,
    inputs: reverseInputs(sameAddress),
    outputs,
    // One address has one name: the next can only come after it.
    deleteBeforeReplace: true,
    timeoutsMs: { create: REVERSE_TIMEOUT_MS, update: REVERSE_TIMEOUT_MS, delete: REVERSE_TIMEOUT_MS },
    create,
    read,
    delete: async (ctx, id, outputs) => {
      const instanceId = String(outputs['instanceId']);
      const entry = await find(ctx, instanceId, id);
      if (entry !== null && sameName(entry.reverse, outputs['reverse'])) await drop(ctx, instanceId, id);
    },
  };
}

/** DNS names are equal whatever their case, with or without the root's dot. */
function sameName(a: Json | undefined, b: Json | undefined): boolean {
  return plain(a) === plain(b);
}

function plain(name: Json | undefined): string {
  return String(name ?? '')
    .toLowerCase()
    .replace(/\.$/, '');
}

const text: PropertySpec = { type: 'string', required: true, replace: true };

/** The vendor's resources have the same inputs, and replace on each. */
const reverseInputs = (sameAddress?: PropertySpec['same']) =>
  ({
    instanceId: text,
    ip: sameAddress ? { ...text, same: sameAddress } : text,
    reverse: { ...text, same: sameName },
  }) as const satisfies Record<string, PropertySpec>;
