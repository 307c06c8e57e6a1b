/**
 * What stands beside a server (a key, a firewall, a script) has one life everywhere: found by its name or made, looked for
 * after a lost answer, brought to what the program says, removed with "not found" as success.
 */
import type { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { Properties, PropertySpec, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { below, part, type Ask, type Rest } from './rest.ts';
import type { Call, Context } from './server-sheet.ts';
import { windowOf } from './window.ts';

const TIMEOUT_MS = 5 * 60_000;
const ROUNDS = 3;

export interface ObjectSheet<T> extends Pick<ResourceDefinition, 'token' | 'inputs' | 'outputs' | 'stableOutputs' | 'check' | 'replaceOn'> {
  readonly noun: string;
  readonly path: string;
  /** Envelope keys: of one, of many; empty where the answer is the thing itself. */
  readonly keys: { readonly one: string; readonly many: string };
  readonly shape: z.ZodType<T>;
  readonly idOf: (item: T) => string;
  /** ms since the epoch, or what else grows with age; the oldest of several is taken. Absent: the listing's order. */
  readonly bornAt?: (item: T) => number;
  /** What it is called at the vendor: the program's name, with a mark where such names are not unique. */
  readonly nameFor: (inputs: Properties, urn: string) => string;
  /** Whether an item is the one that the program means: by name, or by what only it can have. */
  readonly isOwn: (item: T, name: string, inputs: Properties) => boolean;
  readonly listing?: (name: string, inputs: Properties) => Pick<Ask, 'query' | 'headers'>;
  readonly body: (inputs: Properties, name: string) => Record<string, unknown>;
  /** How the whole of it is set again; absent where `settle` does all. */
  readonly change?: 'PUT' | 'PATCH';
  readonly changeBody?: (inputs: Properties, name: string) => Record<string, unknown>;
  /** Brings one that is there, just made or adopted, to what the program says beyond its body. Looks first; safe to call again. */
  readonly settle?: (call: Call, item: T, inputs: Properties) => Promise<void>;
  /** What must be undone before it can go. */
  readonly release?: (call: Call, item: T) => Promise<void>;
  /** One that others may need: a stack that ends leaves it to them. */
  readonly leaves?: (outputs: Properties) => boolean;
  /** Inputs and outputs as the vendor tells them. */
  readonly present: (item: T, known: Properties) => { inputs: Properties; outputs: Properties };
}

export class Objects<T> {
  readonly sheet: ObjectSheet<T>;
  constructor(sheet: ObjectSheet<T>) {
    this.sheet = sheet;
  }

  path(id: string): string {
    return `${this.sheet.path}/${part(id)}`;
  }

  get({ client, signal }: Call, id: string): Promise<T | null> {
    return client.find(this.path(id), this.sheet.keys.one, this.sheet.shape, signal);
  }

  list({ client, signal }: Call, ask: Pick<Ask, 'query' | 'headers'> = {}): Promise<T[]> {
    return client.all({ ...ask, path: this.sheet.path, signal }, this.sheet.keys.many, this.sheet.shape);
  }

  async #find(ctx: Call, name: string, inputs: Properties): Promise<T | undefined> {
    const found = (await this.list(ctx, this.sheet.listing?.(name, inputs))).filter((item) => this.sheet.isOwn(item, name, inputs));
    const { bornAt } = this.sheet;
    return bornAt ? found.sort((a, b) => bornAt(a) - bornAt(b))[0] : found[0];
  }

  #create(ctx: Context, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    return this.keep(ctx, inputs, this.sheet.nameFor(inputs, ctx.urn));
  }

  /** There is one of this name, and it is so. */
  async keep(ctx: Call, inputs: Properties, name: string): Promise<{ id: string; outputs: Properties }> {
    const { client, signal } = ctx;
    const { path, keys, shape } = this.sheet;
    for (let round = 1; ; round++) {
      const existing = await this.#find(ctx, name, inputs);
      if (existing) return this.#made(ctx, await this.#set(ctx, existing, inputs, name), inputs);
      try {
        const made = await client.one({ method: 'POST', path, body: this.sheet.body(inputs, name), signal }, keys.one, shape);
        return this.#made(ctx, made, inputs);
      } catch (error) {
        // Made by a lost answer, or by somebody in this moment: the look-up finds it, once lists show it.
        if (round >= ROUNDS || !isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
        await windowOf(ctx, `a ${this.sheet.noun} to show`, () => this.#find(ctx, name, inputs));
      }
    }
  }

  async #made(ctx: Call, item: T, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const id = this.sheet.idOf(item);
    await this.sheet.settle?.(ctx, item, inputs);
    const now = this.sheet.settle ? ((await this.get(ctx, id)) ?? item) : item;
    return { id, outputs: this.sheet.present(now, inputs).outputs };
  }

  async #set({ client, signal }: Call, item: T, inputs: Properties, name: string): Promise<T> {
    const { change, changeBody = this.sheet.body, keys, shape, idOf } = this.sheet;
    if (!change) return item;
    const path = this.path(idOf(item));
    const { body } = await client.send({ method: change, path, body: changeBody(inputs, name), repeatable: true, signal });
    const told = shape.safeParse(body === undefined ? undefined : below(keys.one, body));
    return told.success ? told.data : ((await client.find(path, keys.one, shape, signal)) ?? item);
  }

  /** One that is gone already counts as done; one that is in use by what is just going is waited for. */
  async remove(call: Call, id: string): Promise<void> {
    const { client, signal } = call;
    const { provider } = client.dialect;
    await waitFor({
      provider,
      what: `${this.sheet.noun} ${id} to be removed`,
      key: `${provider}/delete/${this.sheet.noun}`,
      signal,
      deadlineMs: TIMEOUT_MS,
      probe: async () => {
        try {
          const item = this.sheet.release ? await this.get(call, id) : null;
          if (item) await this.sheet.release!(call, item);
          await client.send({ method: 'DELETE', path: this.path(id), repeatable: true, signal });
          return true;
        } catch (error) {
          if (isProviderError(error, 'not_found')) return true;
          if (isProviderError(error, 'conflict')) return undefined;
          throw error;
        }
      },
    });
  }

  resource(): ResourceDefinition<Rest> {
    const { token, inputs, outputs, stableOutputs, check, replaceOn, leaves } = this.sheet;
    return {
      token,
      inputs,
      outputs,
      timeoutsMs: { create: TIMEOUT_MS, update: TIMEOUT_MS, delete: TIMEOUT_MS },
      ...(stableOutputs ? { stableOutputs } : {}),
      ...(check ? { check } : {}),
      ...(replaceOn ? { replaceOn } : {}),
      create: (ctx, all) => this.#create(ctx, all),
      read: async (ctx, id, state) => {
        // A 404 of something new is no absence.
        const item = await windowOf(ctx, `a ${this.sheet.noun} to show`, () => this.get(ctx, id));
        return item && { id, ...this.sheet.present(item, state?.inputs ?? {}) };
      },
      update: async (ctx, id, { inputs: wanted }) => {
        const item = await this.get(ctx, id);
        if (!item) return (await this.#create(ctx, wanted)).outputs;
        return (await this.#made(ctx, await this.#set(ctx, item, wanted, this.sheet.nameFor(wanted, ctx.urn)), wanted)).outputs;
      },
      delete: async (ctx, id, state) => {
        if (leaves?.(state) !== true) await this.remove(ctx, id);
      },
    };
  }
}

export const text: PropertySpec = { type: 'string' };
export const flag: PropertySpec = { type: 'boolean' };
export const whole: PropertySpec = { type: 'integer' };
export const set = (items: PropertySpec): PropertySpec => ({ type: 'array', items, unordered: true });
