/**
 * A cloud that does not show everything at once, whatever it is: between the client and the simulator's answers, one server
 * may be missing from lists, answer 404, or both; and an answer to a change may tell nothing. Listens on `fetch`, which is all
 * that provider clients use.
 */
import type { Simulator } from '../../simulator/server.ts';

export interface Disguise {
  /** Until `show`. `item`: its own path answers 404. `lists`: no list has it. */
  hide(id: string, where: 'item' | 'lists' | 'everywhere'): void;
  show(): void;
  /** The next answer to a change is an empty object; the change is made. Tells how many were emptied. */
  emptyNextAnswer(): { readonly emptied: number };
  /** What every answer tells as its time is so many ms off. */
  shiftClock(ms: number): void;
  /** Called when a POST was answered well. */
  onPost(then: () => void): void;
  stop(): void;
}

type Answering = (url: string, method: string, response: Response) => Response | Promise<Response>;

/** By the base of their cloud: several clouds may be tried beside each other. */
const worn = new Map<string, Answering>();
let bare: typeof globalThis.fetch | undefined;

function wear(base: string, answer: Answering): () => void {
  worn.set(base, answer);
  if (bare === undefined) {
    const original = (bare = globalThis.fetch);
    globalThis.fetch = async (input, init) => {
      const response = await original(input, init);
      const url = String(input);
      for (const [of, change] of worn) if (url.startsWith(`${of}/`)) return await change(url, init?.method ?? 'GET', response);
      return response;
    };
  }
  return () => {
    if (worn.get(base) === answer) worn.delete(base);
    if (worn.size > 0 || bare === undefined) return;
    globalThis.fetch = bare;
    bare = undefined;
  };
}

export function disguise(provider: string, simulator: Simulator): Disguise {
  const base = simulator.baseUrl(provider);
  const { simulation } = simulator.world.worlds.get(provider)!;
  let hidden: { readonly id: string; readonly where: string } | null = null;
  let emptying: { emptied: number } | null = null;
  let shiftMs = 0;
  let posted: (() => void) | null = null;
  const kept = (headers: Headers) =>
    Object.fromEntries([...headers].filter(([name]) => !['content-length', 'content-encoding'].includes(name)));
  const json = (body: unknown, status: number, headers = new Headers()): Response =>
    new Response(JSON.stringify(body), { status, headers: { ...kept(headers), 'content-type': 'application/json' } });
  const refusal = (): Response => {
    const { body, headers = {} } = simulation.errorAnswer(404);
    return typeof body === 'string' ? new Response(body, { status: 404, headers }) : json(body, 404);
  };
  const answer: Answering = async (url, method, response) => {
    if (method === 'POST' && response.ok) posted?.();
    if (method !== 'GET') {
      if (!emptying || emptying.emptied > 0 || !response.ok || response.status === 204) return response;
      emptying.emptied += 1;
      return json({}, response.status, response.headers);
    }
    if (!hidden || !response.ok) return response;
    const { id, where } = hidden;
    const { looks } = simulation;
    const isItem = looks?.isItem(new URL(url), id) ?? new URL(url).pathname.endsWith(`/${id}`);
    if (isItem) return where === 'lists' ? response : refusal();
    if (where === 'item') return response;
    if (looks) return new Response(looks.without(await response.text(), id), { status: response.status, headers: kept(response.headers) });
    const body = (await response.json()) as Record<string, unknown> | number;
    if (typeof body === 'number') return json(body, response.status, response.headers);
    const without = (value: unknown): unknown =>
      Array.isArray(value) ? value.filter((each) => String((each as { id?: unknown } | null)?.id) !== id) : value;
    if (Array.isArray(body)) return json(without(body), response.status, response.headers);
    return json(Object.fromEntries(Object.entries(body).map(([key, value]) => [key, without(value)])), response.status, response.headers);
  };
  const later = ({ body, status, headers }: Response): Response =>
    new Response(body, { status, headers: { ...kept(headers), date: new Date(Date.now() + shiftMs).toUTCString() } });
  const stop = wear(base, async (...call) => (shiftMs === 0 ? await answer(...call) : later(await answer(...call))));
  return {
    hide: (id, where) => (hidden = { id, where }),
    show: () => (hidden = null),
    emptyNextAnswer: () => (emptying = { emptied: 0 }),
    shiftClock: (ms) => (shiftMs = ms),
    onPost: (then) => (posted = then),
    stop,
  };
}
