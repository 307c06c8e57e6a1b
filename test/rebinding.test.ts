/**
 * A name that a real name server answers otherwise from one question to the next, asked over the network: what leads to a private
 * address is never connected to, whatever it led to when it was registered.
 */
import { Resolver } from 'node:dns';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Blocked, type Resolve, Wall } from '../server/kernel/http/safe-fetch.ts';
import { findPowerDns, type RealServer, startPowerDns } from './support/powerdns.ts';

const found = await findPowerDns();
if ('missing' in found) console.info(`Not run: no PowerDNS (${found.missing}).`);

const ZONE = 'hooks.example';
const NAME = `rebinding.${ZONE}`;
const LIMITS = { ms: 5_000, headBytes: 100 };
const PUBLIC = '93.184.216.34';
let names: RealServer;
let wall: Wall;
let listener: Server;
let connections = 0;
let asked = 0;

beforeAll(async () => {
  if ('missing' in found) return;
  names = await startPowerDns(found.root);
  await call('POST', '/zones', { name: `${ZONE}.`, kind: 'Native', nameservers: [`ns.${ZONE}.`] });
  const resolver = new Resolver();
  resolver.setServers([names.dns]);
  const resolve: Resolve = (name, { family }, done) => {
    asked += 1;
    resolver.resolve4(name, (error, addresses = []) => {
      if (family === 6) return done(null, []);
      done(
        error,
        addresses.map((address) => ({ address, family: 4 })),
      );
    });
  };
  wall = new Wall({ resolve });
  listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(8443, '127.0.0.1');
  await once(listener, 'listening');
});
afterAll(async () => {
  listener?.close();
  await wall?.close();
  await names?.close();
});

async function call(method: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${names.url}/api/v1/servers/localhost${path}`, {
    method,
    headers: { 'x-api-key': names.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.text()).toBeLessThan(300);
}

/** What the name leads to from now on; nobody may keep an answer. */
const leadTo = (...addresses: string[]) =>
  call('PATCH', `/zones/${ZONE}.`, {
    rrsets: [
      {
        name: `${NAME}.`,
        type: 'A',
        ttl: 0,
        changetype: 'REPLACE',
        records: addresses.map((content) => ({ content, disabled: false })),
      },
    ],
  });

it.skipIf('missing' in found)('is looked at anew at each connection, by every address of the answer', { timeout: 60_000 }, async () => {
  await leadTo(PUBLIC);
  expect(await wall.objection(`https://${NAME}:8443/`)).toBeNull();
  const before = asked;
  for (const addresses of [['127.0.0.1'], [PUBLIC, '127.0.0.1'], ['10.0.0.7'], ['169.254.169.254']]) {
    await leadTo(...addresses);
    await expect(wall.post(`https://${NAME}:8443/`, '{}', {}, LIMITS), addresses.join(' ')).rejects.toThrow(Blocked);
    expect(await wall.objection(`https://${NAME}:8443/`)).toContain('not public');
  }
  expect(asked).toBe(before + 8);
  expect(connections).toBe(0);
});
