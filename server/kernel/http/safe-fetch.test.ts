/** Only public addresses are connected to, whatever a name, a notation or a redirect says. */
import { connect, createServer, type Server } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Blocked, isPublic, type Resolve, Wall } from './safe-fetch.ts';

const LIMITS = { ms: 3_000, headBytes: 1_024 };
let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  port = (server.address() as { port: number }).port;
});
afterAll(() => server?.close());
beforeEach(() => {
  connections = 0;
});

const answering =
  (...answers: LookupAddress[][]): Resolve =>
  (_name, _options, done) =>
    done(null, answers.length > 1 ? answers.shift()! : answers[0]!);
const ip = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });
/** A wall whose mapped machine is the one that listens here: what gets through is counted. */
const wall = (resolve: Resolve) => new Wall({ resolve, connectMap: new Map([['shop.example.com:8080', `127.0.0.1:${port}`]]) });

const PRIVATE = [
  '127.0.0.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '0x7f.1',
  '2130706433',
  '127.0.0.1.',
  '①②⑦.0.0.1',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.3.4',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '198.18.0.1',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fec0::1]',
  '[2001::1]',
];

it.each(PRIVATE)('refuses %s, asked for or called', async (host) => {
  const walled = wall(answering([ip('127.0.0.1')]));
  expect(await walled.objection(`https://${host}/`)).toMatch(/public/);
  await expect(walled.post(`https://${host}/`, '{}', {}, LIMITS)).rejects.toThrow(Blocked);
  await walled.close();
});

it.each([
  ['http://example.com/', 'https'],
  ['https://example.com:25/', 'port'],
  ['https://user:word@example.com/', 'password'],
  ['ftp://example.com/', 'https'],
  ['nonsense', 'no address'],
])('refuses %s', async (address, why) => {
  expect(await wall(answering([ip('93.184.216.34')])).objection(address)).toContain(why);
});

it('looks at every address of an answer, and at the answer that the connection uses', async () => {
  const mixed = wall(answering([ip('93.184.216.34'), ip('10.0.0.7')]));
  expect(await mixed.objection('https://mixed.example.com/')).toContain('not public');
  await expect(mixed.post('https://mixed.example.com/', '{}', {}, LIMITS)).rejects.toThrow(Blocked);
  // Public when it was asked for, private a moment later.
  const rebinding = wall(answering([ip('93.184.216.34')], [ip('127.0.0.1')]));
  expect(await rebinding.objection('https://rebinding.example.com:8443/')).toBeNull();
  await expect(rebinding.post('https://rebinding.example.com:8443/', '{}', {}, LIMITS)).rejects.toThrow(Blocked);
  await Promise.all([mixed.close(), rebinding.close()]);
});

it('lets a mapped machine through, by its exact name and port only', async () => {
  const walled = wall(answering([ip('127.0.0.1')]));
  expect(await walled.post('http://shop.example.com:8080/', '{}', {}, LIMITS)).toEqual({ status: 200, head: 'ok' });
  expect(connections).toBe(1);
  for (const near of [
    `http://127.0.0.1:${port}/`,
    'http://shop.example.com:8081/',
    'https://shop.example.com:8443/',
    'http://shop.example.com.:8080/',
  ])
    await expect(walled.post(near, '{}', {}, LIMITS)).rejects.toThrow(Blocked);
  expect(connections).toBe(1);
  // The count would show one: the machine does listen.
  await new Promise((done) => connect(port, '127.0.0.1').once('connect', done));
  expect(connections).toBe(2);
  await walled.close();
});

it('knows what is public', () => {
  expect(['93.184.216.34', '2606:2800:220:1::1'].map(isPublic)).toEqual([true, true]);
  expect(['203.0.113.5', 'name', ''].map(isPublic)).toEqual([false, false, false]);
});
