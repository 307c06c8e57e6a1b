/** Sends the same GET again and again from a thread of its own, so that the client's work is not the server's. */
import { Agent, get } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly atOnce: number;
  readonly forMs: number;
}

export interface Load {
  /** Milliseconds of every request. */
  readonly latencies: readonly number[];
  readonly perSecond: number;
}

/** @throws Error when an answer is not 200. */
export async function load(options: LoadOptions): Promise<Load> {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function once({ url, headers }: LoadOptions, agent: Agent): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      response.resume();
      response.once('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${url}: status ${response.statusCode}`))));
    }).once('error', reject);
  });
  return performance.now() - started;
}

async function run(options: LoadOptions): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.atOnce });
  const latencies: number[] = [];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: options.atOnce }, async () => {
      while (performance.now() - started < options.forMs) latencies.push(await once(options, agent));
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return { latencies, perSecond: latencies.length / seconds };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
if (!isMainThread) parentPort?.postMessage(await run(workerData as LoadOptions));
