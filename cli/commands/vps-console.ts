/** `plinth vps console`: where the screen or serial line of a VPS is, or that line in this terminal. */
import type { Console } from '../../contract/console.ts';
import { type Command, command, MUTATION_OPTIONS, VPS } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { findVps } from '../find.ts';
import type { Io } from '../io.ts';
import { pairs, remark, show } from '../output.ts';

/** Ctrl-], as telnet ends. */
const LEAVE = '\u001d';

const opening = command({
  path: ['vps', 'console'],
  summary: 'Open the screen or serial line of a VPS, where its provider has one',
  details:
    'Prints its address, which lets in whoever has it, for a moment; who opened it is in the audit trail. With --connect a serial line is typed on in this terminal; Ctrl-] leaves it. A screen opens in a browser, at /console/ and the id of the VPS.',
  positionals: [VPS],
  options: { connect: { type: 'boolean', help: 'type on it here, where it is a serial line' }, ...MUTATION_OPTIONS },
  examples: ['vps console web-1', 'vps console web-1 --connect', 'vps console web-1 --json'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, label } = await findVps(api, word);
    const path = `/api/vps/${id}/console`;
    const opened = await api.change<Console>('POST', path, { idempotencyKey: options['idempotency-key'] });
    if (options.connect) {
      mustBeLine(opened, label, `${api.connection.url}/console/${id}`);
      if (context.io.stdin.isTTY) remark(context, `Connected to ${label}. Ctrl-] leaves.`);
      await typeOn(opened.url, context.io);
      return EXIT.ok;
    }
    show(context, opened, (colour) => consoleText(opened, colour));
    if (!context.json) remark(context, 'The address lets in whoever has it. Keep it to yourself.');
    return EXIT.ok;
  },
});

function consoleText({ kind, url, password, expires_at: until }: Console, colour: boolean): string {
  const rows: [string, string][] = [
    ['kind', kind],
    ['address', url],
  ];
  if (password !== null) rows.push(['password', password]);
  if (until !== null) rows.push(['until', until]);
  return pairs(rows, colour);
}

function mustBeLine({ kind, url }: Console, label: string, page: string): void {
  if (kind === 'serial' && /^wss?:/.test(url)) return;
  const way =
    kind === 'vnc' ? `Its console is a screen. Open it in a browser: ${page}` : `Open the provider's page: plinth vps console ${label}`;
  throw usage(`plinth vps console: ${label} has no serial line to type on here. ${way}`);
}

/** Both ways until one of them ends. @throws CliError when the line does not open or breaks. */
async function typeOn(url: string, io: Io): Promise<void> {
  // Node's own forgets what is still said once it has been closed from here.
  const { WebSocket } = await import('ws');
  const line = new WebSocket(url);
  const words = new TextDecoder();
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  const leave = (): void => line.close();
  const type = (chunk: Buffer | string): void => {
    const text = chunk.toString();
    const end = io.stdin.isTTY ? text.indexOf(LEAVE) : -1;
    if (end !== 0) line.send(end < 0 ? text : text.slice(0, end));
    if (end >= 0) leave();
  };
  line.on('message', (data) => io.out(words.decode(data as Buffer, { stream: true })));
  line.on('error', () => reject(new CliError(EXIT.unreachable, 'The console does not answer. Open it again.')));
  line.on('close', () => resolve());
  line.on('open', () => {
    io.stdin.setRawMode?.(true);
    io.stdin.on('data', type).on('end', leave);
  });
  io.signal.addEventListener('abort', leave);
  try {
    await over;
  } finally {
    io.signal.removeEventListener('abort', leave);
    io.stdin.off('data', type).off('end', leave);
    io.stdin.setRawMode?.(false);
    io.stdin.pause();
  }
}

export const consoleCommands: readonly Command[] = [opening];
