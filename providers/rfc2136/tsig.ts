/** Signatures of messages by a key that both sides have: TSIG, RFC 8945. Both sides of it, as the simulation answers too. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { CLASS, Malformed, type Message, numberOf, Reader, readMessage, TYPES, writeName, writeResource } from './wire.ts';

/** Those that may be used: RFC 8945 forbids MD5 and advises against SHA-1. Bytes of a whole signature. */
export const ALGORITHMS = { 'hmac-sha224': 28, 'hmac-sha256': 32, 'hmac-sha384': 48, 'hmac-sha512': 64 } as const;
export type Algorithm = keyof typeof ALGORITHMS;
/** Seconds that two clocks may be apart: what RFC 8945 recommends. */
export const FUDGE_S = 300;
export const ERRORS: Readonly<Record<number, string>> = { 16: 'BADSIG', 17: 'BADKEY', 18: 'BADTIME', 22: 'BADTRUNC' };

export interface Key {
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly secret: Buffer;
}

/** What the record of a signature says. */
export interface Signature {
  readonly name: string;
  readonly algorithm: string;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly fudge: number;
  readonly mac: Buffer;
  readonly error: number;
  readonly other: Buffer;
}

export interface Signed {
  readonly message: Message;
  /** Undefined where nobody signed. */
  readonly signature: Signature | undefined;
  /** The message as it was before it was signed. */
  readonly bare: Buffer;
}

/** @throws Malformed */
export function readSigned(bytes: Buffer): Signed {
  const message = readMessage(bytes);
  const last = message.additional.at(-1);
  if (!last || last.type !== TYPES['TSIG']) return { message, signature: undefined, bare: bytes };
  const reader = new Reader(last.data);
  const [algorithm, time, fudge] = [reader.name(), reader.number(6), reader.number(2)];
  const mac = reader.take(reader.number(2));
  const [id, error] = [reader.number(2), reader.number(2)];
  const other = reader.take(reader.number(2));
  const bare = Buffer.from(bytes.subarray(0, message.lastAt));
  bare.writeUInt16BE(id, 0);
  bare.writeUInt16BE(message.additional.length - 1, 10);
  return { message, bare, signature: { name: last.name, algorithm: algorithm.toLowerCase(), time, fudge, mac, error, other } };
}

const sized = (bytes: Buffer): Buffer => Buffer.concat([numberOf(bytes.length, 2), bytes]);
const timers = ({ time, fudge }: Pick<Signature, 'time' | 'fudge'>): Buffer => Buffer.concat([numberOf(time, 6), numberOf(fudge, 2)]);
const plain = (name: string): Buffer => writeName(name.toLowerCase());

type Words = Pick<Signature, 'time' | 'fudge' | 'error' | 'other'>;

/** What is signed: the signature that this one answers or follows, the messages, and what the record says (RFC 8945, section 4.3). */
function macOf(key: Key, before: Buffer | undefined, messages: readonly Buffer[], words: Words, isLater: boolean): Buffer {
  const { error, other } = words;
  const hmac = createHmac(key.algorithm.slice('hmac-'.length), key.secret);
  if (before) hmac.update(sized(before));
  for (const message of messages) hmac.update(message);
  if (isLater) return hmac.update(timers(words)).digest();
  const whose = [plain(key.name), numberOf(CLASS.ANY, 2), numberOf(0, 4), plain(key.algorithm)];
  return hmac.update(Buffer.concat([...whose, timers(words), numberOf(error, 2), sized(other)])).digest();
}

export interface Signing {
  /** Seconds since the epoch. */
  readonly time: number;
  /** The signature of what is answered, or of the message before. */
  readonly before?: Buffer;
  /** A further message of one answer. */
  readonly isLater?: boolean;
  readonly error?: number;
  readonly other?: Buffer;
  /** Says what is wrong without a signature, as where the key is not known. */
  readonly isBare?: boolean;
}

/** The message with its signature behind, and that signature. */
export function sign(bare: Buffer, key: Key, signing: Signing): { readonly bytes: Buffer; readonly mac: Buffer } {
  const { time, before, isLater = false, error = 0, other = Buffer.alloc(0), isBare = false } = signing;
  const words = { time, fudge: FUDGE_S, error, other };
  const mac = isBare ? Buffer.alloc(0) : macOf(key, before, [bare], words, isLater);
  const data = Buffer.concat([plain(key.algorithm), timers(words), sized(mac), bare.subarray(0, 2), numberOf(error, 2), sized(other)]);
  const record = writeResource({ name: key.name, type: TYPES['TSIG']!, class: CLASS.ANY, ttl: 0, data });
  const bytes = Buffer.concat([bare, record]);
  bytes.writeUInt16BE(bare.readUInt16BE(10) + 1, 10);
  return { bytes, mac };
}

/** Whether the key made this signature, all of it, whatever its time. `bare` are the messages since the one before. */
export function isGenuine(key: Key, signature: Signature, bare: readonly Buffer[], before?: Buffer, isLater = false): boolean {
  const { name, algorithm, mac } = signature;
  if (name.toLowerCase() !== key.name.toLowerCase() || algorithm !== key.algorithm) return false;
  const mine = macOf(key, before, bare, signature, isLater);
  return mine.length === mac.length && timingSafeEqual(mine, mac);
}

/** Whether the clocks are near enough. */
export function isTimely({ time, fudge }: Signature, now: number): boolean {
  return Math.abs(now - time) <= fudge;
}

/** The other side's clock, as BADTIME tells it; seconds since the epoch. */
export function toldTime({ other }: Signature): number {
  if (other.length !== 6) throw new Malformed('BADTIME tells no time');
  return other.readUIntBE(0, 6);
}
