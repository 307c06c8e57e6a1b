/**
 * A client for load, in a process of its own: keep-alive connections, each with one request at a time, written and read as bytes,
 * so that what is measured is the server. Started by `wire`; prints one JSON line.
 */
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface WireOptions {
  /** One of the reads is asked for after the other. */
  readonly origin: string;
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly forMs: number;
  /** Beside each hundred reads so many of these, on connections of their own. */
  readonly writes?: {
    readonly perHundred: number;
    readonly origin: string;
    readonly paths: readonly string[];
    readonly bodies: readonly string[];
  };
}

export interface WireFigures {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly reads: number;
  readonly writes: number;
  readonly writeP50: number;
  /** Bytes of the last answer's body. */
  readonly bytes: number;
}

/** @throws Error when an answer is not 200. */
export async function wire(options: WireOptions): Promise<WireFigures> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(JSON.stringify(options));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the load did not end well: ${code}`);
  return JSON.parse(output) as WireFigures;
}

/** Connections that write. */
const WRITERS = 4;

class Line {
  readonly #socket: Socket;
  #held: Buffer[] = [];
  #length = 0;
  #need = -1;
  #done: ((bytes: number) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(origin: string) {
    const { hostname, port } = new URL(origin);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#fail?.(error));
    this.#socket.on('close', () => this.#fail?.(new Error('the server closed the connection')));
  }

  ask(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#fail = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#fail = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#length += chunk.length;
    if (this.#need < 0) {
      const all = this.#held.length === 1 ? chunk : Buffer.concat(this.#held);
      this.#held = [all];
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = all.toString('latin1', 0, end);
      if (!head.startsWith('HTTP/1.1 200'))
        return void this.#fail?.(new Error(`${head.split('\r\n')[0]}\n${all.toString('utf8', end, end + 500)}`));
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (length === undefined) return void this.#fail?.(new Error(`an answer without a length: ${head}`));
      this.#need = end + 4 + Number(length);
    }
    if (this.#length < this.#need) return;
    const bytes = this.#need;
    this.#held = [];
    this.#length = 0;
    this.#need = -1;
    this.#done?.(bytes);
  }
}

function asBytes(method: string, origin: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Buffer {
  const lines = Object.entries({ host: new URL(origin).host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== undefined) lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

async function run({ origin, paths, headers, connections, forMs, writes }: WireOptions): Promise<WireFigures> {
  const requests = paths.map((path) => asBytes('GET', origin, path, headers));
  const latencies: number[] = [];
  const writeLatencies: number[] = [];
  const started = performance.now();
  const isOver = (): boolean => performance.now() - started >= forMs;
  let next = 0;
  let bytes = 0;
  let due = 0;
  let begun = 0;
  const reading = async (): Promise<void> => {
    const line = new Line(origin);
    while (!isOver()) {
      const at = performance.now();
      bytes = await line.ask(requests[next++ % requests.length]!);
      latencies.push(performance.now() - at);
      due += (writes?.perHundred ?? 0) / 100;
    }
    line.close();
  };
  const writing = async (): Promise<void> => {
    if (!writes) return;
    const changes = writes.paths.map((path, index) =>
      asBytes('PATCH', writes.origin, path, headers, writes.bodies[index % writes.bodies.length]),
    );
    const line = new Line(writes.origin);
    while (!isOver()) {
      if (begun + 1 > due) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      const at = performance.now();
      await line.ask(changes[begun++ % changes.length]!);
      writeLatencies.push(performance.now() - at);
    }
    line.close();
  };
  await Promise.all([...Array.from({ length: connections }, reading), ...Array.from({ length: WRITERS }, writing)]);
  const seconds = (performance.now() - started) / 1_000;
  const at = (values: number[], share: number): number => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
  return {
    p50: at(latencies, 0.5),
    p99: at(latencies, 0.99),
    perSecond: latencies.length / seconds,
    reads: latencies.length,
    writes: writeLatencies.length,
    writeP50: at(writeLatencies, 0.5),
    bytes,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  process.stdout.write(JSON.stringify(await run(JSON.parse(text) as WireOptions)));
  process.exit(0);
}
