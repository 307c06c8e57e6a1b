import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountOfStack } from './account.ts';

let server: Server;
let origin: string;
const seen: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    const known = request.url === '/api/vps/abcd1234/stack';
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(known ? { config: { 'cloud:plinthAccount': 'acc-1', 'plinth:spec': {} } } : { detail: 'There is no VPS zzzz.' }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const urn = (vps: string): string => `urn:pulumi:vps-${vps}::plinth::plinth:index:CustomerVps$cloud:index:Server::vps-instance`;
const ask = (resource: string, name = 'cloud') => accountOfStack({ origin, token: 'plinth_x' }, resource, name);

it('asks the service which account the stack of a URN uses', async () => {
  expect(await ask(urn('abcd1234'))).toBe('acc-1');
  expect(seen).toEqual(['Bearer plinth_x']);
});

it('says whose fault it is when there is none', async () => {
  await expect(ask(urn('zzzz'))).rejects.toThrow('There is no VPS zzzz.');
  await expect(ask(urn('abcd1234'), 'other')).rejects.toThrow('VPS abcd1234 uses no account of other.');
  await expect(ask('urn:pulumi:dev::mine::cloud:index:Server::s')).rejects.toThrow('belongs to no VPS of Plinth');
});
