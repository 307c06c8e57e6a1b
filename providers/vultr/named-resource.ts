/**
 * The three plain objects beside an instance (SSH key, firewall group, start-up script) share one life:
 * found by their marked name or made, read by id, changed in place, removed with 404 as success.
 */
import type { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { Properties, PropertySpec, ResourceContext, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { orNull, type VultrClient } from './client.ts';
import { VULTR } from './errors.ts';
import { markedName, visibleName } from './marked-name.ts';

const TIMEOUT_MS = 5 * 60_000;

export interface NamedKind<T> {
  readonly token: string;
  readonly path: string;
  /** Envelope keys: of one, of many. */
  readonly one: string;
  readonly many: string;
  readonly shape: z.ZodType<T>;
  readonly inputs: Readonly<Record<string, PropertySpec>>;
  readonly outputs: Readonly<Record<string, PropertySpec>>;
  readonly idOf: (item: T) => string;
  readonly nameOf: (item: T) => string;
  /** The input that holds the name. */
  readonly nameInput: string;
  readonly createdAt: (item: T) => string;
  readonly body: (name: string, inputs: Properties) => Record<string, unknown>;
  /** PATCH or PUT, as the API has it. */
  readonly change: 'PATCH' | 'PUT';
  /** Inputs and further outputs as the API tells them; the name is added here. */
  readonly present: (item: T) => { inputs: Properties; outputs: Properties };
}

export function namedResource<T>(kind: NamedKind<T>): ResourceDefinition<VultrClient> {
  type Context = ResourceContext<VultrClient>;
  const itemPath = (id: string): string => `${kind.path}/${encodeURIComponent(id)}`;

  const present = (item: T): { inputs: Properties; outputs: Properties } => {
    const { inputs, outputs } = kind.present(item);
    const all = { ...inputs, [kind.nameInput]: visibleName(kind.nameOf(item)) };
    return { inputs: all, outputs: { ...all, ...outputs } };
  };
  const find = async (ctx: Context, name: string): Promise<T | undefined> => {
    const all = (await ctx.client.all(kind.path, kind.many, kind.shape, {}, { signal: ctx.signal })) as T[];
    return all
      .filter((item) => kind.nameOf(item) === name)
      .sort((a, b) => Date.parse(kind.createdAt(a)) - Date.parse(kind.createdAt(b)))[0];
  };
  const get = (ctx: Context, id: string): Promise<T | null> =>
    orNull(ctx.client.one({ method: 'GET', path: itemPath(id), signal: ctx.signal }, kind.one, kind.shape) as Promise<T>);
  const change = (ctx: Context, id: string, name: string, inputs: Properties): Promise<void> =>
    ctx.client.send({ method: kind.change, path: itemPath(id), body: kind.body(name, inputs), repeatable: true, signal: ctx.signal });

  const adopt = async (ctx: Context, item: T, name: string, inputs: Properties): Promise<T> => {
    await change(ctx, kind.idOf(item), name, inputs);
    return (await get(ctx, kind.idOf(item))) ?? item;
  };
  const make = async (ctx: Context, name: string, inputs: Properties): Promise<T> => {
    const request = { method: 'POST', path: kind.path, body: kind.body(name, inputs) } as const;
    try {
      return (await ctx.client.one(request, kind.one, kind.shape)) as T;
    } catch (error) {
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      const found = await find(ctx, name);
      return found ?? ((await ctx.client.one(request, kind.one, kind.shape)) as T);
    }
  };

  return {
    token: kind.token,
    inputs: kind.inputs,
    outputs: kind.outputs,
    timeoutsMs: { create: TIMEOUT_MS, update: TIMEOUT_MS, delete: TIMEOUT_MS },
    create: async (ctx, inputs) => {
      const name = markedName(ctx.urn, inputs[kind.nameInput] as string | undefined);
      const existing = await find(ctx, name);
      const item = existing === undefined ? await make(ctx, name, inputs) : await adopt(ctx, existing, name, inputs);
      return { id: kind.idOf(item), outputs: present(item).outputs };
    },
    read: async (ctx, id) => {
      const item = await get(ctx, id);
      return item === null ? null : { id, ...present(item) };
    },
    update: async (ctx, id, { inputs }) => {
      await change(ctx, id, markedName(ctx.urn, inputs[kind.nameInput] as string | undefined), inputs);
      const item = await ctx.client.one({ method: 'GET', path: itemPath(id), signal: ctx.signal }, kind.one, kind.shape);
      return present(item as T).outputs;
    },
    delete: async (ctx, id) => {
      await waitFor({
        provider: VULTR,
        what: `${kind.one} ${id} to be removed`,
        key: `vultr/delete/${kind.one}`,
        signal: ctx.signal,
        deadlineMs: TIMEOUT_MS,
        probe: async () => {
          try {
            await ctx.client.send({ method: 'DELETE', path: itemPath(id), repeatable: true, signal: ctx.signal });
            return true;
          } catch (error) {
            if (isProviderError(error, 'not_found')) return true;
            // Still used by a server that is just going.
            if (isProviderError(error, 'conflict')) return undefined;
            throw error;
          }
        },
      });
    },
  };
}
