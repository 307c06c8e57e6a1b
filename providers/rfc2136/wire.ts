/** DNS messages as they go over the wire (RFC 1035, section 4), with the sections of an update (RFC 2136) in their places. */

export const CLASS = { IN: 1, NONE: 254, ANY: 255 } as const;
export const OPCODE = { query: 0, update: 5 } as const;
export const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE']; // prettier-ignore
/** What is asked for by name; every other is `TYPE<number>`. */
export const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  CDS: 59,
  CDNSKEY: 60,
  TSIG: 250,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
};
const TYPE_NAMES = new Map(Object.entries(TYPES).map(([name, number]) => [number, name]));
const LONGEST_NAME = 255;

/** What is no DNS message. */
export class Malformed extends Error {}
/** What cannot stand in one; the message is for a person. */
export class Unwritable extends Error {}

export function typeName(number: number): string {
  return TYPE_NAMES.get(number) ?? `TYPE${number}`;
}
/** @throws Unwritable */
export function typeNumber(name: string): number {
  const number = TYPES[name] ?? Number(/^TYPE(\d{1,5})$/.exec(name)?.[1] ?? Number.NaN);
  if (!Number.isInteger(number) || number > 65_535) throw new Unwritable(`${name} is no type of record that is known here.`);
  return number;
}

export interface Question {
  readonly name: string;
  readonly type: number;
}

export interface Resource extends Question {
  readonly class: number;
  /** Seconds. */
  readonly ttl: number;
  /** Names in it stand in full. */
  readonly data: Buffer;
}

export interface Message {
  readonly id: number;
  readonly isAnswer: boolean;
  readonly opcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly rcode: number;
  /** Of an update: the zone. */
  readonly questions: readonly Question[];
  /** Of an update: what must be so. */
  readonly answers: readonly Resource[];
  /** Of an update: what is done. */
  readonly authority: readonly Resource[];
  readonly additional: readonly Resource[];
  /** Where the last of the additional records begins: a signature is that one. */
  readonly lastAt: number;
}

/** A name without the root's dot; what is no letter, digit or usual sign is `\` and three decimal digits. @throws Unwritable */
export function writeName(name: string): Buffer {
  const labels = name.replace(/\.$/, '') === '' ? [] : name.replace(/\.$/, '').split('.');
  const parts = labels.map((label) => {
    if (!/^(?:[!-[\]-~]|\\\d{3})+$/.test(label)) throw new Unwritable(`"${name}" is no name of the DNS.`);
    const bytes = Buffer.from(
      label.replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits) & 255)),
      'latin1',
    );
    if (bytes.length > 63) throw new Unwritable(`"${label}" is too long: between two dots stand 63 characters at most.`);
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  const whole = Buffer.concat([...parts, Buffer.of(0)]);
  if (whole.length > LONGEST_NAME) throw new Unwritable(`"${name}" is too long: a name has 253 characters at most.`);
  return whole;
}

/** A cursor over a message; every step is checked against its end. */
export class Reader {
  readonly bytes: Buffer;
  at: number;
  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Malformed('the message ends too early');
    return this.bytes.subarray(this.at, (this.at += length));
  }
  /** Of 1, 2, 4 or 6 bytes. */
  number(length: number): number {
    return this.take(length).readUIntBE(0, length);
  }
  /** As `writeName` takes it, in the letters that it was sent with. */
  name(): string {
    const labels: string[] = [];
    let room = LONGEST_NAME;
    let end: number | undefined;
    for (;;) {
      const at = this.at;
      const length = this.number(1);
      if (length === 0) break;
      if (length >= 0xc0) {
        const to = ((length & 0x3f) << 8) | this.number(1);
        end ??= this.at;
        // Always backwards, so that it comes to an end.
        if (to >= at) throw new Malformed('a name leads in circles');
        this.at = to;
        continue;
      }
      room -= length + 1;
      if (length > 63 || room < 1) throw new Malformed('a name is too long');
      labels.push(
        this.take(length)
          .toString('latin1')
          .replaceAll(/[^!-~]|[.\\]/g, escaped),
      );
    }
    this.at = end ?? this.at;
    return labels.join('.');
  }
  text(): Buffer {
    return this.take(this.number(1));
  }
}

const escaped = (character: string): string => `\\${String(character.charCodeAt(0)).padStart(3, '0')}`;

/** Where names stand in the data of types that may have them shortened (RFC 3597, section 4): the bytes before, then how many. */
const NAMES_IN: Readonly<Record<number, readonly [number, number]>> = {
  2: [0, 1],
  5: [0, 1],
  6: [0, 2],
  12: [0, 1],
  15: [2, 1],
  33: [6, 1],
};

function readResource(reader: Reader): Resource {
  const [name, type, kind, ttl, length] = [reader.name(), reader.number(2), reader.number(2), reader.number(4), reader.number(2)];
  const [end, names] = [reader.at + length, NAMES_IN[type]];
  let data = Buffer.from(reader.take(length));
  if (names && length > 0) {
    reader.at = end - length;
    const before = reader.take(names[0]);
    const written = Array.from({ length: names[1] }, () => writeName(reader.name()));
    if (reader.at > end) throw new Malformed('a record is longer than it says');
    data = Buffer.concat([before, ...written, reader.take(end - reader.at)]);
  }
  return { name, type, class: kind, ttl, data };
}

/** @throws Malformed */
export function readMessage(bytes: Buffer): Message {
  const reader = new Reader(bytes);
  const [id, flags, ...counts] = [2, 2, 2, 2, 2, 2].map((length) => reader.number(length)) as [number, number, ...number[]];
  const [questions, answers, authority, additional] = counts as [number, number, number, number];
  let lastAt = bytes.length;
  const many = (count: number): Resource[] =>
    Array.from({ length: count }, () => {
      lastAt = reader.at;
      return readResource(reader);
    });
  const asked = Array.from({ length: questions }, () => {
    const question = { name: reader.name(), type: reader.number(2) };
    reader.number(2);
    return question;
  });
  const sections = [many(answers), many(authority), many(additional)] as const;
  if (reader.at !== bytes.length) throw new Malformed('the message is longer than it says');
  return {
    id,
    isAnswer: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    isAuthoritative: (flags & 0x0400) !== 0,
    isTruncated: (flags & 0x0200) !== 0,
    rcode: flags & 15,
    questions: asked,
    answers: sections[0],
    authority: sections[1],
    additional: sections[2],
    lastAt,
  };
}

export function numberOf(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

export function writeResource({ name, type, class: kind, ttl, data }: Resource): Buffer {
  return Buffer.concat([writeName(name), numberOf(type, 2), numberOf(kind, 2), numberOf(ttl, 4), numberOf(data.length, 2), data]);
}

/** Nothing is shortened: only answers of many records would be worth it. @throws Unwritable */
export function writeMessage(told: Partial<Message> & Pick<Message, 'id' | 'opcode' | 'questions'>): Buffer {
  const { id, opcode, questions, answers = [], authority = [], additional = [], isAnswer, isAuthoritative, rcode = 0 } = told;
  const flags = (isAnswer ? 0x8000 : 0) | (opcode << 11) | (isAuthoritative ? 0x0400 : 0) | rcode;
  return Buffer.concat([
    ...[id, flags, questions.length, answers.length, authority.length, additional.length].map((value) => numberOf(value, 2)),
    ...questions.map(({ name, type }) => Buffer.concat([writeName(name), numberOf(type, 2), numberOf(CLASS.IN, 2)])),
    ...[...answers, ...authority, ...additional].map(writeResource),
  ]);
}
