/** Reverse names that a server's own answer tells, and that an order to the server sets. */
import { isProviderError } from '../errors.ts';
import type { Json, Properties, ResourceDefinition } from '../resource.ts';
import type { Rest } from './rest.ts';
import type { Servers } from './server.ts';
import type { Call, Deed } from './server-sheet.ts';

const TIMEOUT_MS = 5 * 60_000;

export interface ReverseSheet<S> extends Pick<ResourceDefinition, 'token' | 'inputs' | 'replaceOn'> {
  readonly servers: Servers<S>;
  /** What the inputs call the server, which is a number, its address and the name. */
  readonly words: { readonly server: string; readonly address: string; readonly name: string };
  readonly idOf: (server: string, address: string) => string;
  /** Server and address of an id. */
  readonly id: RegExp;
  /** What an address is called now. */
  readonly nameOf: (server: S, address: string) => string | null | undefined;
  /** What sets a name, or takes it away (null); null where there is nothing to take it from. */
  readonly deed: (call: Call, server: string, address: string, name: Json) => Deed<S> | Promise<Deed<S> | null>;
}

export function reverseNames<S>(sheet: ReverseSheet<S>): ResourceDefinition<Rest> {
  const { token, inputs, replaceOn, servers, words, nameOf } = sheet;

  async function give(call: Call, all: Properties, name: Json, isDone: (server: S, address: string) => boolean): Promise<void> {
    const [server, address] = [String(all[words.server]), String(all[words.address])];
    const deed = await sheet.deed(call, server, address, name);
    if (deed) await servers.perform(call, server, { ...deed, isDone: (now) => isDone(now, address) });
  }
  async function point(call: Call, all: Properties): Promise<Properties> {
    const name = all[words.name]!;
    await give(call, all, name, (now, address) => nameOf(now, address) === name);
    return { [words.server]: Number(all[words.server]), [words.address]: all[words.address]!, [words.name]: name };
  }

  return {
    token,
    inputs,
    outputs: {},
    timeoutsMs: { create: TIMEOUT_MS, update: TIMEOUT_MS, delete: TIMEOUT_MS },
    ...(replaceOn ? { replaceOn } : {}),
    create: async (ctx, all) => ({
      id: sheet.idOf(String(all[words.server]), String(all[words.address])),
      outputs: await point(ctx, all),
    }),
    async read(ctx, id, state) {
      const [, serverId, address = ''] = sheet.id.exec(id) ?? [];
      const server = serverId === undefined ? null : await servers.get(ctx, serverId);
      const name = server && nameOf(server, address);
      if (!name) return null;
      const told = { ...state?.inputs, [words.name]: name, [words.address]: address, [words.server]: Number(serverId) };
      return { id, inputs: told, outputs: told };
    },
    update: (ctx, _, change) => point(ctx, change.inputs),
    /** A name that somebody set since stays; a server that is gone took its names with it. */
    async delete(ctx, _, outputs) {
      try {
        await give(ctx, outputs, null, (now, address) => nameOf(now, address) !== outputs[words.name]);
      } catch (error) {
        if (!isProviderError(error, 'not_found')) throw error;
      }
    },
  };
}
