/** What a record holds, as people write it, and as it goes over the wire. */
import { fullIpv6, shortIpv6 } from '../../lib/addresses.ts';
import { contentObjection, PARTS, wordsOf, type Part } from '../kit/zone-file.ts';
import { numberOf, Reader, Unwritable, writeName } from './wire.ts';

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
  if (!PARTS[type]) throw new Unwritable(`Records of type ${type} cannot be written here.`);
  const wrong = contentObjection(type, content);
  if (wrong !== undefined) throw new Unwritable(wrong);
  return Buffer.concat(wordsOf(type, content)!.map(({ part, word }) => writePart(part, word)));
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

function writePart(part: Part, word: string): Buffer {
  if (typeof part === 'number') return numberOf(Number(word), part);
  if (part === 'name') return writeName(word);
  if (part === 'address4') return Buffer.from(word.split('.').map(Number));
  if (part === 'address6') return Buffer.from(fullIpv6(word)!.replaceAll(':', ''), 'hex');
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
