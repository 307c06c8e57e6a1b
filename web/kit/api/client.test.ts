/** The generated client against a real HTTP server: what it sends, and what it makes of the answers. */
import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf } from './call.ts';
import { PATHS, type Routes } from './generated/index.ts';
import { ApiError } from './problem.ts';

it('is what the routes say', async () => {
  await promisify(execFile)(process.execPath, ['scripts/web-client.ts', '--check']);
}, 60_000);

let server: Server;
let origin: string;
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    answer(request, response, body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

/** The same functions, at the test's own address. */
const api = () =>
  clientOf<Routes>(
    Object.fromEntries(Object.entries(PATHS).map(([name, route]) => [name, route.replace(' ', ` ${origin}`)])) as typeof PATHS,
  );

it('puts parameters, query, body and options where they belong', async () => {
  const seen: unknown[] = [];
  answer = ({ method, url, headers }, response, body) => {
    seen.push([method, url, headers['authorization'], headers['idempotency-key'], body]);
    response.setHeader('content-type', 'application/json').end('{}');
  };
  await api().listVpses({ query: { q: 'a&b', include_deleted: true, cursor: undefined }, token: 't' });
  await api().actOnVps({ id: 'x/y', body: { action: 'start' }, idempotencyKey: 'k', token: 't' });
  await api().deleteVps({ id: 'z', query: { grace_hours: 0 }, token: 't' });
  expect(seen).toEqual([
    ['GET', '/api/vps?q=a%26b&include_deleted=true', 'Bearer t', undefined, ''],
    ['POST', '/api/vps/x%2Fy/actions', 'Bearer t', 'k', '{"action":"start"}'],
    ['DELETE', '/api/vps/z?grace_hours=0', 'Bearer t', undefined, ''],
  ]);
});

it('gives a stream as it comes, and a problem as an error', async () => {
  answer = ({ headers }, response) => response.end(`data: ${headers['last-event-id']} ${headers.accept}`);
  const stream = await api().streamOperation({ id: 'a', lastEventId: '7', token: 't' });
  expect(await new Response(stream).text()).toBe('data: 7 text/event-stream');
  answer = (_request, response) => response.writeHead(409).end(JSON.stringify({ code: 'busy', detail: 'Not now.', errors: [] }));
  await expect(api().getVps({ id: 'a', token: 't' })).rejects.toEqual(new ApiError(409, 'busy', 'Not now.'));
  answer = (_request, response) => response.writeHead(204).end();
  expect(await api().deleteAccount({ id: 'a', token: 't' })).toBeUndefined();
});
