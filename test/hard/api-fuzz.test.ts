/**
 * The API against its own OpenAPI document: requests that the document allows and requests broken in every way, to a
 * running service. Whatever is sent, the answer is one that the document describes, and never a 5xx.
 * `PLINTH_TEST_FUZZ_RUNS` sets the requests per operation, `PLINTH_TEST_FUZZ_SEED` repeats a run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { leastTokenRole, type Permission } from '../../contract/permissions.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { readConfig } from '../../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../../server/runtime.ts';
import { withDatabase } from '../support/database.ts';
import { operationsOf, requestOf, type Sent, type World } from '../support/api-requests.ts';
import type { Hints, Schema } from '../support/schema-arbitrary.ts';

const RUNS = Number(process.env['PLINTH_TEST_FUZZ_RUNS'] ?? 8);
const SEED = Number(process.env['PLINTH_TEST_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const LIMIT_MS = RUNS * 4_000;

/** Refusals that are about no field of the request: what is wrong is the whole: a link, a challenge, a code, an event, a path. */
const NO_FIELD = new Set([
  'malformed_path',
  'malformed_request',
  'no_such_catalog',
  'link_invalid',
  'challenge_expired',
  'code_unknown',
  'invalid_signature',
  'foreign_event',
  'unreadable_body',
]);

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;
let document: Schema;
let world: World;
let problemSchema: ValidateFunction;
let tokens: Record<'viewer' | 'operator' | 'admin', string>;
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const validators = new Map<string, ValidateFunction>();
const ids: Record<string, string[]> = { vps: [], operations: [], providers: [], tokens: [], bulk: [] };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-fuzz-'));
  const env = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0' };
  runtime = await startRuntime(readConfig({ ...env, SIMULATOR_SPEED: '10000', PLINTH_LOG_LEVEL: 'silent' }), () => undefined);
  const { services } = runtime;
  const { endpointOf } = services;
  // Nothing here may reach a real provider, also when a generated request asks for it.
  Object.assign(services, { endpointOf: (provider: Parameters<typeof endpointOf>[0]) => endpointOf(provider, 'simulator') });
  const make = async (role: 'viewer' | 'operator' | 'admin') =>
    await createToken(services.db, { name: `fuzz ${role}`, role, organizationId: null, expiresAt: null });
  tokens = { viewer: (await make('viewer')).secret, operator: (await make('operator')).secret, admin: runtime.seeded.adminToken! };
  ids['tokens'] = [(await make('viewer')).row.id];
  document = await ask('GET', '/api/openapi.json');
  ajv.addSchema(document, 'openapi');
  problemSchema = compiled(['components', 'schemas', 'Problem']);
  world = { document, tokens, ids, hints: await meaningfulValues() };
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

type Answer = Awaited<ReturnType<typeof send>>;

async function send({ method, path, headers, body }: Pick<Sent, 'method' | 'path' | 'headers' | 'body'>) {
  const response = await fetch(runtime.origin! + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (streamed) await response.body!.cancel();
  return { status: response.status, headers: response.headers, text: streamed ? '' : await response.text(), streamed };
}

async function ask(method: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json' };
  return JSON.parse((await send({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })).text);
}

/** Real plans, regions, images and ids, so that a good part of the requests goes all the way. */
async function meaningfulValues(): Promise<Hints> {
  const { providers } = await ask('GET', '/api/admin/providers');
  const catalog = async (kind: string, id: string) => (await ask('GET', `/api/admin/upstream/${kind}?providerId=${id}`)).items;
  for (const { id } of providers) {
    const plan = (await catalog('plans', id))?.find((item: any) => item.available && item.regions.length > 0 && item.diskGb >= 25);
    if (!plan) continue;
    const [region] = plan.regions;
    const image = (await catalog('images', id)).find(
      (item: any) => item.family === 'linux' && !item.deprecated && item.minDiskGb <= 25 && (item.regions?.includes(region) ?? true),
    );
    const body = { label: 'fuzzed', type: plan.id, region, image: image.id, provider_id: id };
    for (const label of ['fuzz-one', 'fuzz-two', 'fuzz-three']) {
      const made = await ask('POST', '/api/vps', { ...body, label });
      ids['vps']!.push(made.instance.id);
      ids['operations']!.push(made.operation.id);
    }
    ids['providers'] = [id];
    for (const vps of ids['vps']!) {
      const bulk = { action: { action: 'refresh' }, selection: { ids: [vps] } };
      ids['bulk']!.push((await ask('POST', '/api/bulk', bulk)).run.id);
    }
    return {
      ids: [ids['vps']!],
      type: [plan.id],
      region: [region],
      image: [image.id],
      provider_id: [id],
      providerId: [id],
      ssh_keys: [[]],
      organization_id: [(await ask('GET', `/api/vps/${ids['vps']![0]}`)).instance.organization_id],
    };
  }
  throw new Error('No simulated provider has a plan.');
}

/** Every promise about an answer, whatever was asked. */
function check(sent: Sent, answer: Answer): void {
  const { status, headers, text } = answer;
  const shown = `${sent.what}: ${sent.method} ${sent.path.slice(0, 300)} ${sent.body?.slice(0, 400) ?? ''}\n→ ${status} ${text.slice(0, 400)}`;
  expect(status, shown).toBeLessThan(500);
  expect(headers.get('x-request-id'), shown).toMatch(/^[A-Za-z0-9_.-]{8,64}$/);
  expect(headers.get('x-content-type-options'), shown).toBe('nosniff');
  expect([headers.get('x-powered-by'), headers.get('x-injected')], shown).toEqual([null, null]);
  // Only signing in and out says anything of cookies.
  if (!/^\/api\/(session|sign-|me\b)/.test(sent.path)) expect(headers.get('set-cookie'), shown).toBeNull();
  expect(text, shown).not.toMatch(/node_modules|\.ts:\d+|Prisma|SELECT |sim-plinth/);
  if (status >= 400) checkProblem(sent, answer, shown);
  if (!answer.streamed && sent.method === sent.operation.method) checkDocumented(sent, answer, shown);
  expect(expected(sent, status), shown).toBe(true);
}

function checkProblem(sent: Sent, { status, headers, text }: Answer, shown: string): void {
  const { path } = sent;
  if (saysOtherwise(sent) && headers.get('content-type')?.startsWith('application/json')) {
    if (status === 401) expect(headers.get('www-authenticate'), shown).toMatch(/^Bearer/);
    return void expect(JSON.parse(text), shown).toMatchObject({ code: expect.stringMatching(/^[a-z][a-z0-9_]*$/) });
  }
  expect(headers.get('content-type'), shown).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(text);
  const valid = problemSchema(problem);
  expect(valid ? [] : problemSchema.errors, shown).toEqual([]);
  expect([problem.status, problem.request_id], shown).toEqual([status, headers.get('x-request-id')]);
  expect(problem.code, shown).toMatch(/^[a-z][a-z0-9_]*$/);
  if ([400, 413, 415, 422].includes(status) && !NO_FIELD.has(problem.code)) expect(problem.errors.length, shown).toBeGreaterThan(0);
  for (const error of problem.errors) for (const part of [error.field, error.rule, error.remedy]) expect(part, shown).toMatch(/\S/);
  if (status === 401) expect(headers.get('www-authenticate'), shown).toMatch(/^Bearer/);
  if (status === 405) expect(headers.get('allow'), `${shown} ${path}`).toMatch(/^[A-Z, ]+$/);
}

/** An older system's path, whose refusals have that system's form; what is said before its route is found has ours. */
function saysOtherwise({ operation }: Sent): boolean {
  return operation.described['responses']['default'].content['application/json'] !== undefined;
}

/** The status is in the document, and the body is what it says. */
function checkDocumented(sent: Sent, { status, headers, text }: Answer, shown: string): void {
  const { responses } = sent.operation.described;
  const name = responses[String(status)] ? String(status) : 'default';
  const type = headers.get('content-type')?.split(';')[0];
  expect(status >= 400 || name !== 'default', `${shown}: this status is not documented`).toBe(true);
  const { content } = responses[name];
  // A file may be empty.
  if (text === '' && type !== undefined && content?.[type] !== undefined && type !== 'application/json') return;
  if (text === '') return void expect(content, `${shown}: a body is documented`).toBeUndefined();
  expect(Object.keys(content ?? {}), shown).toContain(type);
  if (type !== 'application/json' && type !== 'application/problem+json') return;
  const place = ['paths', sent.operation.path, sent.method.toLowerCase(), 'responses', name, 'content', type!, 'schema'];
  const validate = compiled(place);
  expect(validate(JSON.parse(text)) ? [] : validate.errors, shown).toEqual([]);
}

function compiled(place: readonly string[]): ValidateFunction {
  const reference = `openapi#/${place.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
  const known = validators.get(reference) ?? ajv.compile({ $ref: reference });
  validators.set(reference, known);
  return known;
}

function forNoToken(described: Sent['operation']['described']): boolean {
  const asked = (described['x-plinth-permissions'] ?? []) as Permission[];
  return asked.length > 0 && asked.every((permission) => leastTokenRole(permission, 'platform') === null);
}

/** What must follow from how the request was broken. */
function expected(sent: Sent, status: number): boolean {
  const { operation } = sent;
  // A person's only: no token gets past the door, whatever is sent.
  if (status === 403 && forNoToken(operation.described)) return true;
  if (sent.what === 'token') return status === 401 || status === 403 || operation.described['security']?.length === 0;
  if (sent.what === 'type') return status === 415;
  if (sent.what === 'cut') return status === 400 || status === 404;
  if (sent.what === 'broken' && operation.described['requestBody']) {
    const validate = compiled([
      'paths',
      operation.path,
      operation.method.toLowerCase(),
      'requestBody',
      'content',
      'application/json',
      'schema',
    ]);
    return validate(JSON.parse(sent.body!)) || status >= 400;
  }
  return true;
}

describe('whatever is sent', () => {
  it(
    'is answered as the document says, and never with a 5xx',
    async () => {
      console.info(`api-fuzz: PLINTH_TEST_FUZZ_SEED=${SEED} PLINTH_TEST_FUZZ_RUNS=${RUNS}`);
      const seen = new Map<string, number>();
      const operations = operationsOf(document);
      const began = performance.now();
      for (const [place, operation] of operations.entries()) {
        // When the time is over, the rest is asked once each.
        const inTime = performance.now() - began < LIMIT_MS;
        const each = fc.asyncProperty(requestOf(world, operation), async (request) => {
          const answer = await send(request);
          check(request, answer);
          const kind = `${request.what} ${Math.floor(answer.status / 100)}xx`;
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
        });
        await fc.assert(each, {
          // Each begins elsewhere, so that those asked once are not all asked in the same way.
          seed: SEED + place,
          numRuns: inTime ? RUNS : 1,
          endOnFailure: true,
        });
      }
      // The run means something only when requests also went all the way.
      expect(seen.get('allowed 2xx') ?? 0).toBeGreaterThan(RUNS);
      expect(seen.get('broken 4xx') ?? 0).toBeGreaterThan(RUNS);
    },
    4 * LIMIT_MS,
  );
});
