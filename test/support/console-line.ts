/** A console's line at Plinth, as a page or a program opens it. */
import { WebSocket } from 'ws';

export interface Greeting {
  readonly kind: string;
  readonly password: string | null;
}

export interface Line {
  readonly socket: WebSocket;
  /** The code of its close. */
  readonly closed: Promise<number>;
  /** Comes first. */
  readonly greeting: Promise<Greeting>;
  /** All text of the console itself. */
  readonly text: () => string;
}

export interface Asked {
  readonly origin: string;
  readonly vpsId: string;
  readonly ticket: string;
  /** `authorization`, or `cookie` and `origin`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gets the console's own frames, from the first one on, whose listener it sets at once. */
  readonly connected?: (socket: WebSocket) => void;
}

/** Starts it once it is greeted. @throws Error with status and code where the upgrade is refused */
export async function openLine({ origin, vpsId, ticket, headers, connected }: Asked): Promise<Line> {
  const address = `${origin.replace('http', 'ws')}/api/vps/${vpsId}/console/line`;
  const socket = new WebSocket(address, ['plinth-console', `ticket.${ticket}`], { headers });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const opened = Promise.withResolvers<void>();
  const greeting = Promise.withResolvers<Greeting>();
  let text = '';
  let frames = 0;
  // What is said may come with the answer to the upgrade.
  socket.on('message', (data, isBinary) => {
    frames += 1;
    if (frames === 1) {
      greeting.resolve(JSON.parse(String(data as Buffer)) as Greeting);
      socket.send('start');
    } else if (frames === 2) connected?.(socket);
    else if (!isBinary) text += String(data as Buffer);
  });
  socket.once('open', opened.resolve);
  socket.once('unexpected-response', (_request, response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString()));
    response.on('end', () => opened.reject(new Error(`${response.statusCode} ${(JSON.parse(body) as { code: string }).code}`)));
  });
  socket.on('error', opened.reject);
  await opened.promise;
  return { socket, closed, greeting: greeting.promise, text: () => text };
}
