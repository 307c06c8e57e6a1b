/** Bodies made to hurt: too large, too deep, too full, compressed a thousand times, or sent by who may not ask at all. */
import { GRANTS, PLATFORM_ONLY } from '../contract/permissions.ts';
import { permissionsOf } from '../server/kernel/http/route.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { readConfig } from '../server/kernel/config.ts';
import { describedRoutes } from '../server/domains.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { withDatabase } from './support/database.ts';
import { seedVpses } from './support/seed-vpses.ts';

/** For a machine that is busy otherwise; 8 s and more on an idle one when such a body was parsed first. */
const LONGEST_STALL_MS = 5_000;
const STACK = '/api/stacks/plinth/plinth/vps-0000000000000000';

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;
let viewer: string;
let stateOrganization: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-bodies-'));
  const env = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0' };
  runtime = await startRuntime(readConfig({ ...env, PLINTH_LOG_LEVEL: 'silent' }), () => undefined);
  viewer = (await createToken(runtime.services.db, { name: 'viewer', role: 'viewer', organizationId: null, expiresAt: null })).secret;
  const headers = { authorization: `token ${runtime.seeded.adminToken}` };
  stateOrganization = ((await (await fetch(`${runtime.origin}/api/user`, { headers })).json()) as any).organizations[0].name;
  await seedVpses(runtime, 1);
  await runtime.services.stacks.prepare(STACK.split('/').at(-1)!, []);
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  const response = await fetch(runtime.origin + path, { method, headers: { 'content-type': 'application/json', ...headers }, body });
  return { status: response.status, text: await response.text() };
}
const rest = (method: string, path: string, body: string): Promise<Answer> =>
  send(method, path, { authorization: `Bearer ${runtime.seeded.adminToken}` }, body);
const state = (method: string, path: string, token: string, body: string | Uint8Array<ArrayBuffer>): Promise<Answer> =>
  send(
    method,
    path.replace('/api/stacks/plinth/', `/api/stacks/${stateOrganization}/`),
    { authorization: `token ${token}`, ...(typeof body === 'string' ? {} : { 'content-encoding': 'gzip' }) },
    body,
  );

/** The status of the answer to headers whose body never comes. */
async function withoutBody(method: string, path: string, authorization: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { authorization, 'content-type': 'application/json', 'content-length': '500' };
  const request = httpRequest(runtime.origin + path, { method, headers, signal: AbortSignal.timeout(10_000) });
  request.once('response', (response) => resolve(response.statusCode!)).once('error', reject);
  request.flushHeaders();
  return await promise.finally(() => request.destroy());
}

/** How long nothing else was answered while `work` ran, in ms. */
async function longestStall(work: () => Promise<void>): Promise<number> {
  const stalls = monitorEventLoopDelay({ resolution: 5 });
  stalls.enable();
  await work();
  stalls.disable();
  return stalls.max / 1e6;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const fields = (count: number): string => `{${Array.from({ length: count }, (_, index) => `"field-of-mine-${index}":1`).join(',')}}`;

describe('a caller without the right learns so before its body is read', { timeout: 60_000 }, () => {
  it('on every route of the API', async () => {
    const { db } = runtime.services;
    const organizationId = (await db.organization.findFirstOrThrow()).id;
    const bound = (await createToken(db, { name: 'bound', role: 'admin', organizationId, expiresAt: null })).secret;
    const wrong: string[] = [];
    for (const { method, path, permission } of describedRoutes()) {
      if (method === 'get' || permission === 'public') continue;
      const needed = permissionsOf({ permission });
      const place = path.replaceAll(/:\w+/g, 'x');
      const asked: [string, string, number][] = [['nobody', 'Bearer plinth_x', 401]];
      if (!needed.some((each) => GRANTS.platformToken.viewer.has(each))) asked.push(['viewer', `Bearer ${viewer}`, 403]);
      if (needed.every((each) => PLATFORM_ONLY.has(each))) asked.push(['organization', `Bearer ${bound}`, 403]);
      for (const [who, authorization, expected] of asked) {
        const got = await withoutBody(method.toUpperCase(), place, authorization).catch((error: Error) => error.name);
        if (got !== expected) wrong.push(`${method} ${path} as ${who}: ${got}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('on every route of the state protocol', async () => {
    const stack = STACK.replace('/api/stacks/plinth/', `/api/stacks/${stateOrganization}/`);
    const update = `${stack}/update/00000000-0000-4000-8000-000000000000`;
    const refusedTo = async (who: string, method: string, path: string, expected: number): Promise<string | null> => {
      const got = await withoutBody(method, path, who).catch((error: Error) => error.name);
      return got === expected ? null : `${method} ${path}: ${got}`;
    };
    const person = `token ${viewer}`;
    const results = await Promise.all([
      refusedTo(person, 'POST', `/api/stacks/${stateOrganization}/plinth`, 403),
      refusedTo(person, 'PATCH', `${stack}/tags`, 403),
      refusedTo(person, 'POST', `${stack}/import`, 403),
      refusedTo(person, 'POST', `${stack}/decrypt/log-decryption`, 403),
      refusedTo(person, 'POST', `${stack}/encrypt`.replace('vps-0000000000000000', 'vps-none'), 404),
      refusedTo(person, 'POST', `${stack}/batch-decrypt`.replace('vps-0000000000000000', 'vps-none'), 404),
      refusedTo(person, 'POST', `${stack}/update`.replace('vps-0000000000000000', 'vps-none'), 404),
      refusedTo(person, 'POST', update, 404),
      refusedTo(person, 'PATCH', `${update}/journalentries`, 403),
      refusedTo(person, 'PATCH', `${update}/checkpoint`, 403),
      refusedTo(person, 'POST', `${update}/events/batch`, 403),
      refusedTo(person, 'POST', `${update}/complete`, 403),
      refusedTo('token plinth_x', 'POST', `${stack}/encrypt`, 401),
      refusedTo('update-token x', 'PATCH', `${update}/checkpoint`, 403),
    ]);
    expect(results.filter((result) => result !== null)).toEqual([]);
  });
});

describe('a body made to hurt', { timeout: 120_000 }, () => {
  it('is refused by the state protocol while others are answered', async () => {
    const admin = runtime.seeded.adminToken!;
    const bombs: [string, Uint8Array<ArrayBuffer>][] = [
      ['deep', gzipSync(`{"plaintexts":${nested(15_000_000)}}`)],
      ['full', gzipSync(`{"plaintexts":[${'0,'.repeat(7_000_000)}0]}`)],
      ['blank', gzipSync(`{"plaintexts":[]}${' '.repeat(60_000_000)}`)],
    ];
    const doors: [string, string, string, string][] = [
      ['POST', `${STACK}/batch-encrypt`, viewer, 'refused'],
      ['POST', `${STACK}/batch-decrypt`, viewer, 'refused'],
      ['POST', `${STACK}/encrypt`, viewer, 'refused'],
      ['POST', `${STACK}/preview`, viewer, 'refused'],
      ['PATCH', `${STACK}/tags`, admin, 'refused'],
      ['POST', `${STACK}/import`, admin, 'refused'],
    ];
    const wrong: string[] = [];
    const stall = await longestStall(async () => {
      for (const [what, bomb] of bombs) {
        for (const [method, path, token] of doors) {
          const { status, text } = await state(method, path, token, bomb);
          if (![400, 413, 415].includes(status) || text.length > 1_000) wrong.push(`${what} at ${path}: ${status} ${text.slice(0, 100)}`);
        }
      }
    });
    expect(wrong).toEqual([]);
    expect(stall).toBeLessThan(LONGEST_STALL_MS);
  });

  it('is refused by the API with a code, however it hurts', async () => {
    const wrong: unknown[] = [];
    const cases: [string, string, number, string][] = [
      ['/api/vps', `{"label":${nested(100_000)}}`, 400, 'body_too_deep'],
      ['/api/vps', fields(80_000), 413, 'body_too_large'],
      ['/api/vps', fields(30_000), 400, 'body_too_many_members'],
      ['/api/tokens', fields(8_000), 413, 'body_too_large'],
      ['/api/tokens', fields(4_500), 400, 'body_too_many_members'],
      ['/api/vps/x/refresh', fields(200), 413, 'body_too_large'],
    ];
    const stall = await longestStall(async () => {
      for (const [path, body, status, code] of cases) {
        const answer = await rest('POST', path, body);
        const problem = JSON.parse(answer.text);
        if (answer.status !== status || problem.code !== code || answer.text.length > 1_000) wrong.push([path, answer.status, problem]);
        expect(problem.errors).toEqual([expect.objectContaining({ field: 'body' })]);
      }
    });
    expect(wrong).toEqual([]);
    expect(stall).toBeLessThan(LONGEST_STALL_MS);
  });

  it('with thousands of wrong fields gets the first of them and their number', async () => {
    const answer = await rest('POST', '/api/tokens', fields(3_000));
    const problem = JSON.parse(answer.text);
    expect([answer.status, problem.errors.length]).toEqual([422, 50]);
    expect(problem.detail).toMatch(/has 300\d wrong fields/);
    expect(answer.text.length).toBeLessThan(20_000);
  });

  it('is no reason to refuse a large body that is meant well', async () => {
    const plaintexts = Array.from({ length: 5_000 }, (_, index) => Buffer.from(`secret ${index}`).toString('base64'));
    const compressed = await state('POST', `${STACK}/batch-encrypt`, viewer, gzipSync(JSON.stringify({ plaintexts })));
    expect(compressed.status).toBe(200);
    expect(JSON.parse(compressed.text).ciphertexts).toHaveLength(5_000);
    const ids = Array.from({ length: 10_000 }, () => 'a'.repeat(40));
    const { status, text } = await rest('POST', '/api/bulk/preview', JSON.stringify({ action: { action: 'refresh' }, selection: { ids } }));
    expect([status, JSON.parse(text).code]).toEqual([422, 'invalid_request']);
  });
});
