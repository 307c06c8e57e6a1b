/**
 * Compares every request and answer of a test run with the vendors' published API documents, where that
 * reference data is at hand. Listens on `fetch`, which is all that provider clients use.
 *
 * A folder's `api-deltas.ts` lists where the live API is known to differ from its document, each with its reason.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulator } from '../../simulator/server.ts';
import { openApiCheck } from './openapi-check.ts';

/** What is known to differ: matched against `<METHOD> <path> <status or "request">: <complaint>`. */
export type ApiDeltas = readonly { readonly matches: RegExp; readonly reason: string }[];

interface Exchange {
  readonly method: string;
  /** Below the provider's base URL, without the query. */
  readonly path: string;
  readonly request: string | undefined;
  readonly status: number;
  readonly answer: Promise<string>;
}

export interface Traffic {
  /** Complaints about a provider's exchanges so far, each once; undefined when there is no document. */
  complaints(provider: string): Promise<{ checked: number; complaints: string[] } | undefined>;
  stop(): void;
}

export function recordTraffic(simulator: (provider: string) => Simulator): Traffic {
  const original = globalThis.fetch;
  const exchanges: { url: string; exchange: Omit<Exchange, 'path'> }[] = [];
  globalThis.fetch = async (input, init) => {
    const response = await original(input, init);
    const request = typeof init?.body === 'string' ? init.body : undefined;
    const answer = response.clone().text();
    answer.catch(() => undefined);
    exchanges.push({ url: String(input), exchange: { method: init?.method ?? 'GET', request, status: response.status, answer } });
    return response;
  };
  return {
    async complaints(provider) {
      const { apiDeltas: deltas, apiDocuments = [provider] } = await deltasOf(provider);
      const specs = apiDocuments.flatMap((name) => openApiCheck(name) ?? []);
      if (specs.length < apiDocuments.length) return undefined;
      const base = simulator(provider).baseUrl(provider);
      const found = new Set<string>();
      let checked = 0;
      for (const { url, exchange } of exchanges) {
        if (!url.startsWith(`${base}/`)) continue;
        const path = new URL(url).pathname.slice(new URL(base).pathname.length);
        const answer = parsed(await exchange.answer.catch(() => undefined));
        // Faults are ours, not the vendor's: 5xx and bodies that are no JSON.
        if (exchange.status >= 500 || answer === NOT_JSON) continue;
        checked += 1;
        const { method, status } = exchange;
        // The first that knows the path; the first of all says so when none does.
        const spec = specs.find((each) => each.knows(method, path)) ?? specs[0]!;
        const asked = parsed(exchange.request);
        const request = asked === undefined || asked === NOT_JSON ? [] : spec.request(method, path, asked);
        for (const complaint of request) found.add(`${method} ${plain(path)} request: ${plain(complaint)}`);
        for (const complaint of spec.answer(method, path, status, answer))
          found.add(`${method} ${plain(path)} ${status}: ${plain(complaint)}`);
      }
      return { checked, complaints: [...found].filter((line) => !deltas.some((delta) => delta.matches.test(line))).toSorted() };
    },
    stop() {
      globalThis.fetch = original;
    },
  };
}

const NOT_JSON = Symbol('not JSON');

function parsed(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}

/** Ids and list positions vary from run to run; one line per kind of complaint is enough. */
function plain(text: string): string {
  return text.replaceAll(/\/(\d+|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27})(?=\/|$| )/g, '/*');
}

/** `apiDocuments` names the documents where they are not one that is called as the provider is. */
async function deltasOf(provider: string): Promise<{ apiDeltas: ApiDeltas; apiDocuments?: readonly string[] }> {
  const file = join(import.meta.dirname, '..', provider, 'api-deltas.ts');
  return existsSync(file) ? ((await import(file)) as { apiDeltas: ApiDeltas; apiDocuments?: readonly string[] }) : { apiDeltas: [] };
}

/** Whether the documents of a provider are at hand. */
export async function isDocumented(provider: string): Promise<boolean> {
  const { apiDocuments = [provider] } = await deltasOf(provider);
  return apiDocuments.every((name) => openApiCheck(name) !== undefined);
}
