/** One opening of a console: asked for, connected through Plinth, shown in an element, and ended with a reason. */
import { LINE_END, LINE_OPEN, LINE_PROTOCOL, LINE_START, type LineEnd, type LineGreeting, TICKET } from '../../contract/console-line.ts';
import { api, type Console } from '../kit/api/client.ts';

/** What shows a console and takes what is typed. */
export interface Face {
  focus(): void;
  close(): void;
  /** Of a screen. */
  readonly keys?: { ctrlAltDel(): void; type(text: string): Promise<void> };
}

/** Shows what comes over `socket` from the call on, in `frame`. */
export type ShowFace = (frame: HTMLElement, socket: WebSocket, greeting: LineGreeting, failed: (why: 'password') => void) => Face;

export type Ending = LineEnd | 'lost' | 'password';
export type LineState =
  | { readonly at: 'connecting' }
  | { readonly at: 'connected'; readonly kind: LineGreeting['kind']; readonly face: Face }
  | { readonly at: 'ended'; readonly why: Ending }
  /** It is elsewhere, or nowhere that a browser reaches. */
  | { readonly at: 'elsewhere'; readonly console: Console }
  | { readonly at: 'failed'; readonly error: unknown };

const FACES: Readonly<Record<LineGreeting['kind'], () => Promise<{ show: ShowFace }>>> = {
  serial: () => import('./serial.ts'),
  vnc: () => import('./screen.ts'),
};

/** Tells each state as it comes. Answers what ends it, after which nothing more is told. */
export function openLine(id: string, frame: HTMLElement, tell: (state: LineState) => void): () => void {
  const gone = new AbortController();
  let face: Face | undefined;
  const say = (state: LineState): void => void (gone.signal.aborted || tell(state));
  const begin = async (): Promise<void> => {
    say({ at: 'connecting' });
    const opened = await api.openVpsConsole({ id, signal: gone.signal });
    if (opened.kind === 'page' || opened.relay === null) return say({ at: 'elsewhere', console: opened });
    const { show } = await FACES[opened.kind]();
    if (gone.signal.aborted) return;
    const socket = connect(id, opened.relay, (greeting) => {
      face = show(frame, socket, greeting, (why) => end(why));
      say({ at: 'connected', kind: greeting.kind, face });
    });
    let isOver = false;
    const end = (why: Ending): void => {
      if (isOver) return;
      isOver = true;
      say({ at: 'ended', why });
    };
    socket.addEventListener('close', ({ code }) => end(endingOf(code)));
    gone.signal.addEventListener('abort', () => {
      face?.close();
      socket.close();
    });
  };
  begin().catch((error: unknown) => say({ at: 'failed', error }));
  return () => gone.abort();
}

/** `ready` is called between the word that the console is connected and the first that it says itself. */
function connect(id: string, ticket: string, ready: (greeting: LineGreeting) => void): WebSocket {
  const address = new URL(`/api/vps/${encodeURIComponent(id)}/console/line`, location.href.replace(/^http/, 'ws'));
  const socket = new WebSocket(address, [LINE_PROTOCOL, TICKET + ticket]);
  socket.binaryType = 'arraybuffer';
  let greeting: LineGreeting | undefined;
  const before = new AbortController();
  const hear = ({ data }: MessageEvent<unknown>): void => {
    if (greeting === undefined) {
      greeting = JSON.parse(String(data)) as LineGreeting;
      socket.send(LINE_START);
    } else if (data === LINE_OPEN) {
      before.abort();
      ready(greeting);
    }
  };
  socket.addEventListener('message', hear, { signal: before.signal });
  return socket;
}

function endingOf(code: number): Ending {
  const found = Object.entries(LINE_END).find(([, each]) => each === code);
  return (found?.[0] as LineEnd | undefined) ?? 'lost';
}
