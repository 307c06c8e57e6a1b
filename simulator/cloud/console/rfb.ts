/**
 * The screen of a simulated server, as VNC tells of it (RFC 6143): version 3.8, a password, raw rectangles, and keys that go to the
 * shell. A conversation is a generator that says how many bytes it waits for, so it does not matter how they arrive.
 */
import { createCipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SimServer } from '../model.ts';
import { type PixelFormat, Screen, SIZE } from './screen.ts';
import { Shell } from './shell.ts';

const VERSION = 'RFB 003.008\n';
const VNC_AUTHENTICATION = 2;
const RAW = 0;
const TRUE_COLOUR: PixelFormat = {
  bytes: 4,
  bigEndian: false,
  colours: [16, 8, 0].map((shift) => ({ max: 255, shift })),
};
const KEY = { backspace: 0xff_08, enter: 0xff_0d, control: [0xff_e3, 0xff_e4], alt: [0xff_e9, 0xff_ea], delete: 0xff_ff } as const;
/** Keysyms above are Unicode's own numbers. */
const UNICODE = 0x1_00_00_00;

export interface ScreenOptions {
  readonly server: SimServer;
  /** The viewer's, of which VNC counts eight letters. */
  readonly password: string;
  readonly send: (bytes: Buffer) => void;
  readonly end: () => void;
}

/** Answers what takes the bytes of a viewer, as they come. */
export function openScreen(options: ScreenOptions): (bytes: Buffer) => void {
  const talk = conversation(options);
  let wanted = talk.next();
  let held = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (wanted.done !== true && held.length >= wanted.value) {
      const part = held.subarray(0, wanted.value);
      held = held.subarray(wanted.value);
      wanted = talk.next(part);
    }
    if (wanted.done === true) options.end();
  };
}

function* conversation({ server, password, send }: ScreenOptions): Generator<number, void, Buffer> {
  send(Buffer.from(VERSION));
  const version = (yield VERSION.length).toString('latin1');
  if (version !== VERSION) return send(Buffer.concat([Buffer.of(0), text('This screen speaks RFB 3.8 only')]));
  send(Buffer.of(1, VNC_AUTHENTICATION));
  if ((yield 1)[0] !== VNC_AUTHENTICATION) return send(Buffer.concat([number(1), text('No such security type')]));
  const challenge = randomBytes(16);
  send(challenge);
  if (!timingSafeEqual(yield challenge.length, vncAnswer(password, challenge)))
    return send(Buffer.concat([number(1), text('Authentication failed')]));
  send(number(0));
  // Whether it would share the screen with others.
  yield 1;
  send(beginning(server.name));
  yield* session(server, send);
}

/** What a viewer asks for and types, until it leaves. */
function* session(server: SimServer, send: (bytes: Buffer) => void): Generator<number, void, Buffer> {
  const screen = new Screen();
  let format = TRUE_COLOUR;
  let waits = false;
  const show = (all: boolean): void => {
    waits = !all && !screen.isChanged;
    if (!waits) send(update(screen, all, format));
  };
  const shell = new Shell(server, `${server.name} tty1`, (said) => screen.write(said));
  const held = new Set<number>();
  for (;;) {
    const kind = (yield 1)[0];
    if (kind === 0) format = formatOf(yield 19);
    else if (kind === 2) yield 4 * (yield 3).readUInt16BE(1);
    else if (kind === 3) show((yield 9)[0] === 0);
    else if (kind === 4) {
      const key = yield 7;
      press(shell, held, key[0] === 1, key.readUInt32BE(3));
      if (waits) show(false);
    } else if (kind === 5) yield 5;
    else if (kind === 6) yield (yield 7).readUInt32BE(3);
    else return;
  }
}

function press(shell: Shell, held: Set<number>, isDown: boolean, key: number): void {
  if (!isDown) return void held.delete(key);
  held.add(key);
  const isHeld = (keys: readonly number[]): boolean => keys.some((each) => held.has(each));
  if (key === KEY.delete && isHeld(KEY.control) && isHeld(KEY.alt)) shell.restart();
  else if (isHeld(KEY.control) || isHeld(KEY.alt)) return;
  else if (key === KEY.enter) shell.type('\r');
  else if (key === KEY.backspace) shell.type('\b');
  else if (key >= 0x20 && key <= 0xff) shell.type(String.fromCharCode(key));
  else if (key > UNICODE) shell.type(String.fromCodePoint(Math.min(key - UNICODE, 0x10_ff_ff)));
}

function update(screen: Screen, all: boolean, format: PixelFormat): Buffer {
  const bands = screen.bands(all, format);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(bands.length, 2);
  return Buffer.concat([
    head,
    ...bands.flatMap(({ y, height, pixels }) => {
      const place = Buffer.alloc(12);
      place.writeUInt16BE(y, 2);
      place.writeUInt16BE(SIZE.width, 4);
      place.writeUInt16BE(height, 6);
      place.writeInt32BE(RAW, 8);
      return [place, pixels];
    }),
  ]);
}

/** The size, the colours as this end would have them, and the name. */
function beginning(name: string): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(SIZE.width, 0);
  head.writeUInt16BE(SIZE.height, 2);
  head.set([32, 24, 0, 1], 4);
  for (const [place, { max, shift }] of TRUE_COLOUR.colours.entries()) {
    head.writeUInt16BE(max, 8 + 2 * place);
    head.writeUInt8(shift, 14 + place);
  }
  return Buffer.concat([head, text(name)]);
}

/** Three bytes of padding come first. */
function formatOf(told: Buffer): PixelFormat {
  const bits = told.readUInt8(3);
  const colours = [0, 1, 2].map((place) => ({ max: told.readUInt16BE(7 + 2 * place), shift: told.readUInt8(13 + place) }));
  return { bytes: bits === 8 ? 1 : bits === 16 ? 2 : 4, bigEndian: told.readUInt8(5) !== 0, colours };
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (words: string): Buffer => Buffer.concat([number(Buffer.byteLength(words)), Buffer.from(words)]);

/**
 * What a viewer answers who knows the password: the challenge under DES, whose key is the password with the bits of each byte turned
 * round. Three times the same key makes one DES of three.
 */
export function vncAnswer(password: string, challenge: Buffer): Buffer {
  const key = Buffer.alloc(8);
  key.write(password.slice(0, 8), 'latin1');
  const turned = key.map((byte) => [...Array(8).keys()].reduce((sum, bit) => sum | (((byte >> bit) & 1) << (7 - bit)), 0));
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([turned, turned, turned]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}
