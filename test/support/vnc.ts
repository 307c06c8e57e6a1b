/** A viewer of VNC screens over a websocket, for tests: RFC 6143 as far as a simulated screen goes. */
import type { RawData, WebSocket } from 'ws';
import { vncAnswer } from '../../simulator/cloud/console/rfb.ts';

const KEYS: Readonly<Record<string, number>> = { '\r': 0xff_0d, '\b': 0xff_08 };

export interface Band {
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

export interface Viewer {
  readonly name: string;
  /** All of the screen. */
  picture(): Promise<Band[]>;
  /** What changes next; it waits for something. */
  changes(): Promise<Band[]>;
  type(text: string): void;
}

/** The screen speaks first: the connection may still be under way. @throws Error with the screen's own words when it lets nobody in, or when the connection ends */
export async function viewScreen(socket: WebSocket, password: string): Promise<Viewer> {
  const read = reader(socket);
  const text = async (): Promise<string> => (await read((await read(4)).readUInt32BE())).toString();
  socket.send(await read(12));
  const [types] = await read(1);
  if (!(await read(types!)).includes(2)) throw new Error('It wants no password.');
  socket.send(Buffer.of(2));
  socket.send(vncAnswer(password, await read(16)));
  if ((await read(4)).readUInt32BE() !== 0) throw new Error(await text());
  socket.send(Buffer.of(1));
  const size = await read(20);
  const [width, height, bytes] = [size.readUInt16BE(0), size.readUInt16BE(2), size.readUInt8(4) / 8];
  const name = await text();
  const ask = async (incremental: boolean): Promise<Band[]> => {
    const asked = Buffer.alloc(10);
    asked.set([3, incremental ? 1 : 0]);
    asked.writeUInt16BE(width, 6);
    asked.writeUInt16BE(height, 8);
    socket.send(asked);
    const bands: Band[] = [];
    for (let left = (await read(4)).readUInt16BE(2); left > 0; left -= 1) {
      const place = await read(12);
      const band = { y: place.readUInt16BE(2), width: place.readUInt16BE(4), height: place.readUInt16BE(6) };
      bands.push({ ...band, pixels: await read(band.width * band.height * bytes) });
    }
    return bands;
  };
  return {
    name,
    picture: () => ask(false),
    changes: () => ask(true),
    type(typed) {
      for (const letter of typed)
        for (const isDown of [1, 0]) {
          const key = Buffer.alloc(8);
          key.set([4, isDown]);
          key.writeUInt32BE(KEYS[letter] ?? letter.codePointAt(0)!, 4);
          socket.send(key);
        }
    },
  };
}

/** Waits for so many bytes, however they come. */
function reader(socket: WebSocket): (bytes: number) => Promise<Buffer> {
  let held = Buffer.alloc(0);
  let over: Error | null = null;
  let waiting: (() => void) | null = null;
  socket.on('message', (data: RawData) => {
    held = Buffer.concat([held, data as Buffer]);
    waiting?.();
  });
  const end = (error: Error): void => {
    over ??= error;
    waiting?.();
  };
  socket.on('error', end);
  socket.on('close', () => end(new Error('The screen hung up.')));
  return async (bytes) => {
    while (held.length < bytes) {
      if (over) throw over;
      await new Promise<void>((resolve) => (waiting = resolve));
    }
    const part = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return part;
  };
}
