/** What a record holds, as people write it, and as it goes over the wire. */
import { isIPv4 } from 'node:net';
import { fullIpv6, shortIpv6 } from '../../lib/addresses.ts';
import { numberOf, Reader, Unwritable, writeName } from './wire.ts';

type Part = 'name' | 'address4' | 'address6' | 1 | 2 | 'word' | 'rest' | 'texts';

/** In their order; numbers by how many bytes they have. */
const PARTS: Readonly<Record<string, readonly Part[]>> = {
  A: ['address4'],
  AAAA: ['address6'],
  CNAME: ['name'],
  NS: ['name'],
  PTR: ['name'],
  MX: [2, 'name'],
  SRV: [2, 2, 2, 'name'],
  CAA: [1, 'word', 'rest'],
  TXT: ['texts'],
};

/** Data that another type has, as RFC 3597 tells it. */
const generic = (data: Buffer): string => `\\# ${data.length} ${data.toString('hex')}`.trim();

/** Names without the root's dot, texts without quotation marks. */
export function showContent(type: string, data: Buffer): string {
  const parts = PARTS[type];
  if (!parts) return generic(data);
  try {
    const reader = new Reader(data);
    return parts.map((part) => showPart(part, reader)).join(' ');
  } catch {
    return generic(data);
  }
}

function showPart(part: Part, reader: Reader): string {
  if (typeof part === 'number') return String(reader.number(part));
  if (part === 'name') return reader.name();
  if (part === 'address4') return [...reader.take(4)].join('.');
  if (part === 'address6')
    return shortIpv6(
      reader
        .take(16)
        .toString('hex')
        .replaceAll(/(.{4})(?=.)/g, '$1:'),
    )!;
  if (part === 'word') return reader.text().toString();
  if (part === 'rest') return JSON.stringify(reader.take(reader.bytes.length - reader.at).toString());
  const texts: Buffer[] = [];
  while (reader.at < reader.bytes.length) texts.push(reader.text());
  return Buffer.concat(texts).toString();
}

/** @throws Unwritable with a sentence for whoever wrote it */
export function writeContent(type: string, content: string): Buffer {
  const parts = PARTS[type];
  if (!parts) throw new Unwritable(`Records of type ${type} cannot be written here.`);
  const words = type === 'TXT' ? [content] : content.trim().split(/\s+/);
  if (type === 'CAA') words.splice(2, words.length, content.trim().replace(/^\S+\s+\S+\s+/, ''));
  if (words.length !== parts.length) throw new Unwritable(`"${content}" is no content of type ${type}: it has ${parts.length} parts.`);
  return Buffer.concat(parts.map((part, place) => writePart(part, words[place]!, type)));
}

/** What is wrong with a record that shall be made. What says whose an NS record is would stand below it, where other servers answer. */
export function objection(type: string, content: string): string | undefined {
  const types = Object.keys(PARTS).filter((each) => each !== 'NS');
  if (!types.includes(type)) return `Records of type ${type} cannot be made here; ${types.join(', ')} can.`;
  try {
    writeContent(type, content);
    return undefined;
  } catch (error) {
    if (error instanceof Unwritable) return error.message;
    throw error;
  }
}

function writePart(part: Part, word: string, type: string): Buffer {
  if (typeof part === 'number') {
    const value = Number(word);
    if (!/^\d+$/.test(word) || value >= 2 ** (8 * part)) throw new Unwritable(`"${word}" is no number that ${type} can have.`);
    return numberOf(value, part);
  }
  if (part === 'name') return writeName(word);
  if (part === 'address4') {
    if (!isIPv4(word)) throw new Unwritable(`"${word}" is not an IPv4 address.`);
    return Buffer.from(word.split('.').map(Number));
  }
  if (part === 'address6') return address6(word);
  if (part === 'word') return text(Buffer.from(word));
  if (part === 'rest') return Buffer.from(unquoted(word));
  return Buffer.concat(textsOf(word).map(text));
}

const unquoted = (word: string): string => word.replace(/^"(.*)"$/s, '$1').replaceAll(/\\(["\\])/g, '$1');

/** Quoted ones as they are; what is longer than one may be is cut. */
function textsOf(content: string): Buffer[] {
  const quoted = /^\s*"/.test(content) ? [...content.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([whole]) => unquoted(whole)) : [content];
  const whole = quoted.map((each) => Buffer.from(each));
  return whole.flatMap((each) =>
    Array.from({ length: Math.max(1, Math.ceil(each.length / 255)) }, (_, place) => each.subarray(place * 255, (place + 1) * 255)),
  );
}

function text(bytes: Buffer): Buffer {
  if (bytes.length > 255) throw new Unwritable('A text of more than 255 bytes does not fit.');
  return Buffer.concat([numberOf(bytes.length, 1), bytes]);
}

function address6(word: string): Buffer {
  const full = fullIpv6(word);
  if (full === undefined) throw new Unwritable(`"${word}" is not an IPv6 address.`);
  return Buffer.from(full.replaceAll(':', ''), 'hex');
}
