/** The terminal as the commands see it, so that tests can run them without one. */
import type { Readable } from 'node:stream';

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether standard output is a terminal: colour and live lines only there. */
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

const MAX_INPUT_BYTES = 1024 * 1024;

/** All of standard input, without the last line break. @throws Error above 1 MiB. */
export async function readAll(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk as Buffer | string);
    bytes += buffer.length;
    if (bytes > MAX_INPUT_BYTES) throw new Error('Standard input holds more than 1 MiB; this cannot be what was meant.');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** Asks on standard error. A secret is not echoed. Without a terminal the whole standard input is the answer. */
export async function ask(io: Io, question: string, options: { secret: boolean }): Promise<string> {
  if (!io.stdin.isTTY) return (await readAll(io.stdin)).trim();
  io.err(question);
  const echo = options.secret ? () => undefined : io.err;
  io.stdin.setRawMode?.(true);
  try {
    return await readLine(io, echo);
  } finally {
    io.stdin.setRawMode?.(false);
    io.stdin.pause();
    io.err('\n');
  }
}

function readLine(io: Io, echo: (text: string) => void): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let line = '';
  const onData = (chunk: Buffer | string): void => {
    for (const character of chunk.toString()) {
      if (character === '\r' || character === '\n' || character === '\u0004') return end(() => resolve(line));
      if (character === '\u0003') return end(() => reject(new DOMException('Interrupted.', 'AbortError')));
      if (character === '\u007f' || character === '\b') {
        if (line.length > 0) echo('\b \b');
        line = [...line].slice(0, -1).join('');
      } else if (character >= ' ') {
        line += character;
        echo(character);
      }
    }
    return undefined;
  };
  const end = (settle: () => void): void => {
    io.stdin.off('data', onData);
    settle();
  };
  io.stdin.on('data', onData);
  io.stdin.resume();
  return promise;
}
