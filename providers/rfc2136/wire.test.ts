/** Messages, contents and account fields by themselves; what a signature is worth is judged in rfc2136.test.ts. */
import { describe, expect, it } from 'vitest';
import { objection, showContent, writeContent } from './content.ts';
import { accountOf, credential, simulatedCredential } from './credential.ts';
import { isGenuine, isTimely, type Key, readSigned, sign } from './tsig.ts';
import { Frames, framed } from '../../lib/frames.ts';
import { CLASS, Malformed, numberOf, OPCODE, Reader, readMessage, TYPES, Unwritable, writeMessage, writeName } from './wire.ts'; // prettier-ignore

/** An answer to `example.com A`, as servers shorten it: names lead back to the question. */
const SHORTENED = Buffer.from(
  [
    '1234 8400 0001 0002 0000 0000',
    '07 6578616d706c65 03 636f6d 00 0001 0001',
    'c00c 0005 0001 00000e10 0006 03 777777 c00c',
    'c029 0001 0001 00000e10 0004 c0000201',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

describe('messages', () => {
  it('are read with their names in full', () => {
    expect(readMessage(SHORTENED)).toMatchObject({
      id: 0x1234,
      isAnswer: true,
      isAuthoritative: true,
      rcode: 0,
      questions: [{ name: 'example.com', type: 1 }],
      answers: [
        { name: 'example.com', type: 5, ttl: 3_600, data: writeName('www.example.com') },
        { name: 'www.example.com', type: 1, data: Buffer.from([192, 0, 2, 1]) },
      ],
    });
  });

  it('are refused where they end early, go on too long, or lead in circles', () => {
    for (let length = 0; length < SHORTENED.length; length++)
      expect(() => readMessage(SHORTENED.subarray(0, length)), String(length)).toThrow(Malformed);
    expect(() => readMessage(Buffer.concat([SHORTENED, Buffer.of(0)]))).toThrow(Malformed);
    for (const circle of ['c00c', '01610161c00c', 'c00e', 'ffff']) {
      const bytes = Buffer.concat([SHORTENED.subarray(0, 12), Buffer.from(circle, 'hex'), Buffer.from('00010001', 'hex')]);
      bytes.writeUInt16BE(0, 6);
      expect(() => readMessage(bytes), circle).toThrow(Malformed);
    }
    const long = Buffer.concat([...Array.from({ length: 5 }, () => Buffer.concat([Buffer.of(63), Buffer.alloc(63, 97)])), Buffer.of(0)]);
    expect(() => new Reader(long).name()).toThrow(Malformed);
  });

  it('hold names of any bytes, and none that do not fit', () => {
    for (const name of ['', 'example.com', '*.Example.com', 'a\\046b.example', '\\000\\255.x'])
      expect(new Reader(writeName(name)).name()).toBe(name);
    for (const name of ['a..b', '.a', 'two words', 'ü.example', 'a'.repeat(64), `${'a.'.repeat(127)}ab`])
      expect(() => writeName(name), name).toThrow(Unwritable);
  });

  it('come out of pieces as they went in', () => {
    const stream = Buffer.concat([framed(SHORTENED), framed(Buffer.of(1)), framed(SHORTENED)]);
    for (const size of [1, 7, 64, 1_000]) {
      const frames = new Frames();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) found.push(...frames.add(stream.subarray(at, at + size)));
      expect(found.map((each) => each.length)).toEqual([SHORTENED.length, 1, SHORTENED.length]);
    }
  });
});

it.each([
  ['A', '192.0.2.1', 'c0000201'],
  ['AAAA', '2001:db8::1', '20010db8000000000000000000000001'],
  ['CNAME', 'Www.example', '03577777 076578616d706c65 00'],
  ['MX', '10 mx', '000a 026d78 00'],
  ['SRV', '1 2 443 a', '0001 0002 01bb 0161 00'],
  ['CAA', '128 issue "ca.example; x=1"', '80 056973737565 63612e6578616d706c653b20783d31'],
  ['TXT', 'a "b" c', '07 61202262222063'],
  ['TXT', '', '00'],
])('%s %s goes over the wire and back', (type, content, bytes) => {
  const data = writeContent(type, content);
  expect(data.toString('hex')).toBe(bytes.replaceAll(' ', ''));
  expect(showContent(type, data)).toBe(content);
});

it('texts are cut at 255 bytes, and kept as they are quoted', () => {
  expect([...writeContent('TXT', 'x'.repeat(300))].filter((byte) => byte !== 120)).toEqual([255, 45]);
  expect(writeContent('TXT', '"ab" "c\\"d"').toString('hex')).toBe('02616203632264');
  expect(showContent('SSHFP', Buffer.from('0102ff', 'hex'))).toBe('\\# 3 0102ff');
  // What a server has is shown, whatever it is.
  expect(showContent('A', Buffer.from('01', 'hex'))).toBe('\\# 1 01');
});

it.each([
  ['A', '192.0.2'],
  ['A', '192.0.2.1 192.0.2.2'],
  ['AAAA', '192.0.2.1'],
  ['AAAA', 'fe80::1%eth0'],
  ['MX', 'mail.example'],
  ['MX', '70000 mail.example'],
  ['SRV', '1 2 -3 a.example'],
  ['CNAME', 'a b'],
  ['NS', 'ns1.example'],
  ['SOA', 'a b 1 2 3 4 5'],
])('%s cannot be %s', (type, content) => expect(objection(type, content)).toMatch(/^[A-Z"].*\.$/));

describe('signatures', () => {
  const key: Key = { name: 'A.key', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) };
  const bare = writeMessage({ id: 7, opcode: OPCODE.query, questions: [{ name: 'example.com', type: TYPES['A']! }] });
  const { bytes, mac } = sign(bare, key, { time: 1_700_000_000 });

  it('are of one key, one message, one time and what it answers', () => {
    const { signature, bare: before } = readSigned(bytes);
    expect(before).toEqual(bare);
    expect(isGenuine(key, signature!, [before])).toBe(true);
    expect(isGenuine({ ...key, name: 'a.KEY' }, signature!, [before])).toBe(true);
    expect(isGenuine({ ...key, secret: Buffer.alloc(32, 8) }, signature!, [before])).toBe(false);
    expect(isGenuine({ ...key, name: 'b.key' }, signature!, [before])).toBe(false);
    expect(isGenuine(key, signature!, [before], mac)).toBe(false);
    expect(isGenuine(key, { ...signature!, time: signature!.time + 1 }, [before])).toBe(false);
    expect(isGenuine(key, { ...signature!, mac: mac.subarray(0, 16) }, [before])).toBe(false);
    expect([299, 300, 301, -301].map((off) => isTimely(signature!, 1_700_000_000 + off))).toEqual([true, true, false, false]);
  });

  it('are the last record alone', () => {
    const record = { name: 'x', type: TYPES['A']!, class: CLASS.IN, ttl: 1, data: numberOf(1, 4) };
    const message = writeMessage({ id: 7, opcode: OPCODE.query, questions: [], additional: [record] });
    expect(readSigned(message).signature).toBeUndefined();
    expect(readSigned(sign(message, key, { time: 1 }).bytes)).toMatchObject({ bare: message, signature: { name: 'A.key', fudge: 300 } });
  });
});

describe('the account', () => {
  const good = simulatedCredential('sim-one');
  const parse = (over: Record<string, string>) => credential.safeParse({ ...good, ...over });

  it('is taken as people copy it', () => {
    const { port: _port, algorithm: _algorithm, ...short } = good;
    expect(credential.parse(short)).toMatchObject({ port: '53', algorithm: 'hmac-sha256' });
    const told = parse({
      host: ' 2001:db8::53 ',
      keyName: 'Key.Example.',
      algorithm: 'HMAC-SHA512',
      zones: 'Example.com., example.net\nexample.com',
    });
    expect(accountOf(told.data!)).toMatchObject({
      host: '2001:db8::53',
      port: 53,
      key: { name: 'Key.Example', algorithm: 'hmac-sha512' },
      zones: ['example.com', 'example.net'],
    });
  });

  it.each([
    ['host', 'ns1.example.com:53'],
    ['host', 'https://ns1.example.com'],
    ['host', ''],
    ['port', '0'],
    ['port', '65536'],
    ['port', '5.3'],
    ['keyName', 'my key'],
    ['keyName', 'k'.repeat(64)],
    ['algorithm', 'hmac-md5'],
    ['algorithm', 'hmac-sha1'],
    ['secret', 'not base64!'],
    ['secret', 'c2hvcnQ='],
    ['zones', ''],
    ['zones', ' , '],
    ['zones', 'example..com'],
    ['zones', 'example.com http://x'],
  ])('has no %s "%s", and is told what it should be', (field, value) => {
    const { issues } = parse({ [field]: value }).error!;
    expect(issues.map(({ path }) => path)).toEqual([[field]]);
    expect(issues[0]!.message).toMatch(/^The (server|port|key’s name|algorithm|secret|zones) .*\.$/);
  });
});
