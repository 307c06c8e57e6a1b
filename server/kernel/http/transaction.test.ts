/** A route's transaction: its change and the answer kept for the Idempotency-Key are one; with the real database and HTTP. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { withDatabase } from '../../../test/support/database.ts';
import { type Database, openDatabase } from '../database.ts';
import { Refusal } from '../problem.ts';
import { SecretBox } from '../secrets.ts';
import { type Services, within } from '../services.ts';
import { writeSetting } from '../kill-switches/store.ts';
import { problemHandler } from './problems.ts';
import { route, STREAMED } from './route.ts';
import { routesRouter } from './router.ts';

const database = withDatabase();
let db: Database;
let server: Server;
let runs = 0;

beforeAll(async () => {
  db = openDatabase(database.url, 5);
  const log = { warn: () => undefined, error: () => undefined, info: () => undefined };
  const recent = { forget: () => undefined };
  const services = { db, secrets: new SecretBox(randomBytes(32)), log, recent } as unknown as Services;
  const write = route({
    method: 'post',
    path: '/write',
    summary: 'Write',
    permission: 'setting:write',
    body: z.strictObject({ key: z.string(), fails: z.boolean() }),
    responses: { 200: { description: 'Written.' } },
    transaction: true,
    prepare: async ({ body }) => ({ prepared: `for ${body.key}`, found: await db.setting.count({ where: { key: body.key } }) }),
    handler: async ({ body, tx, prepared }) => {
      runs += 1;
      await writeSetting(within(services, tx).db, body.key, { run: runs });
      if (body.fails) throw new Refusal(409, 'not_now', 'Not now.');
      return { status: 200, body: { run: runs, ...prepared } };
    },
  });
  const asking = route({
    method: 'post',
    path: '/ask',
    summary: 'Write, then ask',
    permission: 'setting:write',
    body: z.strictObject({ key: z.string(), fails: z.boolean() }),
    responses: { 202: { description: 'Asked.' } },
    transaction: true,
    handler: async ({ body, tx }) => {
      await writeSetting(tx, body.key, 'asked');
      const afterwards = async () => {
        // Kept already: another connection sees it.
        const seen = await written(body.key);
        if (body.fails) throw new Refusal(502, 'silent', 'No answer.');
        return { status: 202, body: { seen, status: 'done' } };
      };
      return { status: 202, body: { status: 'asked' }, afterwards };
    },
  });
  const file = route({
    method: 'get',
    path: '/file/:name',
    summary: 'Send a file, and note that it was sent',
    permission: 'setting:write',
    params: z.strictObject({ name: z.string() }),
    responses: { 200: { description: 'The file.', media: ['text/plain'] } },
    transaction: true,
    handler: async ({ params, response, tx }) => {
      await writeSetting(tx, params.name, 'sent');
      const afterwards = async (): Promise<typeof STREAMED> => {
        response.write(`noted: ${JSON.stringify(await written(params.name))}\n`);
        response.end('its end\n');
        return STREAMED;
      };
      return { status: 200, afterwards };
    },
  });
  const app = express();
  const principal = { tokenId: 't', name: 'tester', role: 'admin', organizationId: null, permissions: new Set(['setting:write']) };
  app.use((_request, response, next) => void (response.setHeader('x-request-id', 'request-1'), next()));
  app.use(
    routesRouter(
      services,
      [write, asking, file],
      async () => ({ ...principal, actor: { kind: 'token', id: 't', name: 'tester' } }) as never,
    ),
  );
  app.use(problemHandler(services.log));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
});
afterAll(async () => {
  server?.close();
  await db?.$disconnect();
});

async function post(body: unknown, key?: string, path = '/write') {
  const headers = { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) };
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, replayed: response.headers.get('idempotent-replayed'), body: (await response.json()) as any };
}
const written = async (key: string) => (await db.setting.findUnique({ where: { key } }))?.value ?? null;

it('keeps the change and the answer, and repeats the answer without a second run', async () => {
  const first = await post({ key: 'kept', fails: false }, 'key-1');
  expect(first).toMatchObject({ status: 200, replayed: null, body: { prepared: 'for kept', found: 0 } });
  const again = await post({ key: 'kept', fails: false }, 'key-1');
  expect(again).toEqual({ ...first, replayed: 'true' });
  expect(await written('kept')).toEqual({ run: first.body.run });
});

it('keeps nothing of one that fails, and gives its key back', async () => {
  expect(await post({ key: 'failed', fails: true }, 'key-2')).toMatchObject({ status: 409, body: { code: 'not_now' } });
  expect(await written('failed')).toBeNull();
  const before = runs;
  expect(await post({ key: 'failed', fails: true }, 'key-2')).toMatchObject({ status: 409, replayed: null });
  expect(runs).toBe(before + 1);
});

it('keeps nothing when the answer cannot be kept with it', async () => {
  await db.$executeRawUnsafe(`ALTER TABLE "idempotency_key" ADD CONSTRAINT "never_done" CHECK ("key" <> 'key-3' OR "state" <> 'done')`);
  expect((await post({ key: 'torn', fails: false }, 'key-3')).status).toBe(500);
  expect(await written('torn')).toBeNull();
});

it('begins what must wait for the change once it is kept, and repeats the answer that was kept', async () => {
  const first = await post({ key: 'asked', fails: false }, 'key-5', '/ask');
  expect(first).toMatchObject({ status: 202, body: { seen: 'asked', status: 'done' } });
  expect(await post({ key: 'asked', fails: false }, 'key-5', '/ask')).toMatchObject({ replayed: 'true', body: { status: 'asked' } });
  // What comes after it undoes nothing, and the request is not made a second time.
  expect(await post({ key: 'silent', fails: true }, 'key-6', '/ask')).toMatchObject({ status: 502 });
  expect(await written('silent')).toBe('asked');
  expect(await post({ key: 'silent', fails: true }, 'key-6', '/ask')).toMatchObject({ status: 202, replayed: 'true' });
});

it('streams a file once it is noted that it was sent', async () => {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/file/book`);
  expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: 'noted: "sent"\nits end\n' });
});
