/** The whole service in this process, on an embedded PostgreSQL and the simulator, for benchmarks over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../../server/kernel/config.ts';
import { startRuntime, type Runtime } from '../../server/runtime.ts';
import { progress } from './figures.ts';

export interface BenchService {
  readonly runtime: Runtime;
  readonly origin: string;
  readonly token: string;
  /** JSON of the answer. Throws when the status is not 2xx. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** What a VPS at each simulated compute provider can be ordered with, by provider id. */
  orders(): Promise<Map<string, Record<string, unknown>>>;
  /** Waits for an operation's end, looking every 20 ms. Throws when it did not succeed. */
  finished(operationId: string): Promise<void>;
  stop(): Promise<void>;
}

interface Accepted {
  readonly instance: { readonly id: string };
  readonly operation: { readonly id: string };
}

interface Offer {
  readonly id: string;
  readonly regions?: readonly string[];
  readonly available?: boolean;
  readonly diskGb?: number;
  readonly minDiskGb?: number;
  readonly family?: string;
  readonly deprecated?: boolean;
}

export async function startService(settings: Readonly<Record<string, string>> = {}): Promise<BenchService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
  const env = { PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', PLINTH_LOG_LEVEL: 'warn', ...settings };
  const bin = process.env['PLINTH_PULUMI_BIN'];
  const runtime = await startRuntime(readConfig({ ...env, ...(bin ? { PLINTH_PULUMI_BIN: bin } : {}) }), progress);
  const { origin } = runtime;
  const token = runtime.seeded.adminToken;
  if (origin === null || token === null) throw new Error('a first start with HTTP was expected');
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  };
  return {
    runtime,
    origin,
    token,
    call,
    orders: () => orders(call),
    finished: async (operationId) => {
      for (;;) {
        const answer = await call<{ operation?: Ended } & Ended>('GET', `/api/operations/${operationId}`);
        const { status, fault } = answer.operation ?? answer;
        if (status === 'succeeded') return;
        if (status !== 'queued' && status !== 'running') throw new Error(`operation ${operationId}: ${status} ${JSON.stringify(fault)}`);
        await delay(20);
      }
    },
    stop: async () => {
      await runtime.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

interface Ended {
  readonly status: string;
  readonly fault: unknown;
}

async function orders(call: BenchService['call']): Promise<Map<string, Record<string, unknown>>> {
  const found = new Map<string, Record<string, unknown>>();
  const { providers } = await call<{ providers: { id: string; type: string }[] }>('GET', '/api/admin/providers');
  for (const account of providers) {
    const list = async (kind: string): Promise<Offer[]> =>
      (await call<{ items: Offer[] }>('GET', `/api/admin/upstream/${kind}?providerId=${account.id}`).catch(() => ({ items: [] }))).items;
    const [plans, images] = [await list('plans'), await list('images')];
    const plan = plans.find((item) => item.available === true && (item.regions ?? []).length > 0 && (item.diskGb ?? 0) >= 25);
    const region = plan?.regions?.[0];
    if (!plan || region === undefined) continue;
    const image = images.find(
      (item) =>
        item.family === 'linux' && item.deprecated !== true && (item.minDiskGb ?? 0) <= 25 && (item.regions?.includes(region) ?? true),
    );
    if (image) found.set(account.type, { type: plan.id, region, image: image.id, provider_id: account.id });
  }
  return found;
}

/** Orders a VPS; the answer comes before it is made. */
export async function order(service: BenchService, body: Record<string, unknown>): Promise<{ vpsId: string; operationId: string }> {
  const { instance, operation } = await service.call<Accepted>('POST', '/api/vps', body);
  return { vpsId: instance.id, operationId: operation.id };
}
