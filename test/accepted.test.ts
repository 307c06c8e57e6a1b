/** Accepted, then impossible: whatever the API takes can be planned by the stack's program, and what cannot be is refused at once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planVps } from '../components/customer-vps.plan.ts';
import { findProvider } from '../providers/list.ts';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { VpsSpec } from '../stacks/spec.ts';
import { withDatabase } from './support/database.ts';
import { seedVpses } from './support/seed-vpses.ts';
import { KEY } from './support/ssh-key.ts';

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-accepted-'));
  const env = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0' };
  runtime = await startRuntime(readConfig({ ...env, SIMULATOR_SPEED: '10000', PLINTH_LOG_LEVEL: 'silent' }), () => undefined);
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${runtime.seeded.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(runtime.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

const MACHINES = [
  { type: 's-1vcpu-1gb', region: 'fra1', image: 'ubuntu-24-04-x64' },
  { type: 'g6-nanode-1', region: 'us-east', image: 'linode/ubuntu24.04' },
  { type: 'vc2-1c-1gb', region: 'ewr', image: '2284' },
];

const problemsOf = (given: unknown, provider: string) => {
  const planned = planVps(VpsSpec.parse(given), findProvider(provider)!.descriptor);
  return planned.ok ? [] : planned.problems;
};

const cases: [string, object, string | null][] = [
  ['a label of digits, which makes no host name', { label: '123' }, 'label'],
  ['a host name that means the machine itself', { hostname: 'localhost' }, 'hostname'],
  ['a tag of our own kind', { tags: ['plinth-x'] }, 'tags.0'],
  [
    'user data larger than the provider takes',
    { cloud_init: { files: [...'abcdef'].map((name) => ({ path: `/${name}`, content: 'x'.repeat(16_000) })) } },
    'cloud_init',
  ],
  ['a second root', { cloud_init: { users: [{ name: 'root' }] } }, 'cloud_init.users'],
  ['a user’s key that is none', { cloud_init: { users: [{ name: 'ops', ssh_keys: ['hello'] }] } }, 'cloud_init.users.0.ssh_keys.0'],
  ['an unknown time zone', { cloud_init: { timezone: 'Mars/Phobos' } }, 'cloud_init.timezone'],
  ['a time zone in the wrong case', { cloud_init: { timezone: 'europe/berlin' } }, 'cloud_init.timezone'],
  [
    'bytes that are not base64',
    { cloud_init: { files: [{ path: '/a', content: '%%', encoding: 'base64' }] } },
    'cloud_init.files.0.content',
  ],
  ['a key with two blanks and a tab', { ssh_keys: [`  ${KEY.replace(' ', '  \t')}   a  comment `] }, null],
  ['an older name of a time zone', { cloud_init: { timezone: 'US/Eastern' } }, null],
  ['a label of one character', { label: 'a' }, null],
  ['a label with two hyphens', { label: 'a--b' }, null],
  [
    'packages of RPM systems, with versions',
    { cloud_init: { packages: ['NetworkManager-wifi', 'perl-YAML-LibYAML', 'nginx=1.22.1-9', 'gcc:amd64', 'libstdc++'] } },
    null,
  ],
];
it.each(cases)('%s', async (_, change, field) => {
  for (const [index, machine] of MACHINES.entries()) {
    const label = 'label' in change ? {} : { label: `case-${cases.findIndex(([, each]) => each === change)}-${index}` };
    const { status, body } = await call('POST', '/api/vps', { ...machine, ...label, ...change });
    expect([status, body.errors?.[0]?.field ?? null], JSON.stringify(body).slice(0, 500)).toEqual(
      field === null ? [202, null] : [422, field],
    );
    if (field !== null) {
      for (const part of [body.errors[0].rule, body.errors[0].remedy]) expect(part).toMatch(/\w+/);
      continue;
    }
    const row = await runtime.services.db.vps.findUniqueOrThrow({ where: { id: body.instance.id } });
    expect(problemsOf(row.spec, body.instance.provider)).toEqual([]);
    // The next machine may use the name again.
    await runtime.services.db.vps.update({ where: { id: row.id }, data: { label: `${row.label}-${row.id}`.slice(0, 60) } });
  }
});

const odd = fc.constantFrom(
  'web',
  'a',
  '1',
  '123',
  'a.1',
  'localhost',
  'x--y',
  'invalid',
  'plinth',
  'plinth-x',
  'a'.repeat(63),
  'web.local',
  'Web',
  'b_c',
  '-',
  'xn--a',
  '10.0.0.1',
  '',
);
const rarely = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const bodies = fc.record(
  {
    label: fc.oneof({ weight: 4, arbitrary: fc.stringMatching(/^[a-z][a-z0-9]{3,12}$/) }, { weight: 1, arbitrary: odd }),
    hostname: rarely('web.example.com', odd),
    tags: fc.array(rarely('web', odd), { maxLength: 3 }),
    ssh_keys: fc.array(rarely(KEY, fc.constantFrom(`${KEY} a b`, `${KEY}  x`, `${KEY}\tx`, `${KEY} \u0093`, 'ssh-rsa AAAA', '')), {
      maxLength: 2,
    }),
    cloud_init: fc.record(
      {
        timezone: rarely('UTC', fc.constantFrom('utc', 'Etc/GMT+3', 'Europe/Berlin', 'Europe/berlin', '')),
        packages: fc.array(rarely('nginx', odd), { maxLength: 2 }),
        users: fc.array(fc.record({ name: rarely('ops', odd), ssh_keys: fc.array(rarely(KEY, fc.constant('x')), { maxLength: 1 }) }), {
          maxLength: 2,
        }),
        files: fc.array(fc.record({ path: rarely('/a', fc.constant('c')), content: fc.nat(8_000).map((n) => 'é'.repeat(n)) }), {
          maxLength: 4,
        }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

it('no body is accepted that the program refuses', { timeout: 120_000 }, async () => {
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...MACHINES), bodies, fc.nat(), async (machine, change, n) => {
      const { status, body } = await call('POST', '/api/vps', { label: `any-${n.toString(36)}`, ...machine, ...change });
      expect([202, 409, 422], JSON.stringify(body).slice(0, 300)).toContain(status);
      if (status !== 202) {
        refused++;
        expect(body.errors[0] ?? body.detail).toBeTruthy();
        return;
      }
      accepted++;
      const row = await runtime.services.db.vps.findUniqueOrThrow({ where: { id: body.instance.id } });
      expect(problemsOf(row.spec, body.instance.provider)).toEqual([]);
    }),
    { numRuns: 150, seed: 11 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(10);
});

it('no change is accepted that the program refuses', { timeout: 120_000 }, async () => {
  await seedVpses(runtime, 3);
  const { instances } = (await call('GET', '/api/vps?q=many-0000&limit=10')).body;
  const active = instances.find(({ status }: any) => status === 'active');
  await runtime.services.db.vps.update({ where: { id: active.id }, data: { instanceId: 'seen-1', powerState: 'running' } });
  const changes = fc.oneof(
    fc.record({ action: fc.constant('rename'), label: odd, hostname: odd }, { requiredKeys: ['action'] }),
    fc.record(
      {
        action: fc.constant('configure'),
        tags: fc.array(odd, { maxLength: 2 }),
        ssh_keys: fc.array(fc.constantFrom(KEY, `${KEY}  x`, 'x'), { maxLength: 2 }),
      },
      { requiredKeys: ['action'] },
    ),
  );
  const wrong: Record<string, [object, string]> = {
    hostname: [{ action: 'rename', hostname: 'localhost' }, 'hostname'],
    tag: [{ action: 'configure', tags: ['plinth-x'] }, 'tags.0'],
  };
  for (const [change, field] of Object.values(wrong)) {
    const { status, body } = await call('POST', `/api/vps/${active.id}/actions`, change);
    expect([status, body.errors?.[0]?.field], JSON.stringify(body)).toEqual([422, field]);
  }
  await fc.assert(
    fc.asyncProperty(changes, async (change) => {
      const { status, body } = await call('POST', `/api/vps/${active.id}/actions`, change);
      expect([202, 409, 422], JSON.stringify(body).slice(0, 300)).toContain(status);
      if (status !== 202) return;
      const operation = await runtime.services.db.operation.findUniqueOrThrow({ where: { id: body.operation.id } });
      const { spec } = operation.request as { spec?: unknown };
      expect(problemsOf(spec, active.provider)).toEqual([]);
      await runtime.services.db.operation.update({ where: { id: operation.id }, data: { status: 'failed', finishedAt: new Date() } });
    }),
    { numRuns: 60, seed: 12 },
  );
});

it('a zone that no account holds is no default', async () => {
  const { providers } = (await call('GET', '/api/admin/providers')).body;
  const account = providers.find(({ type }: any) => type === 'cloudflare');
  const configure = (configuration: object) => call('PATCH', `/api/admin/providers/${account.id}`, { configuration });
  for (const [configuration, field] of [
    [{ default_zone: 'nobody.example' }, 'configuration.default_zone'],
    [{ allowed_zones: ['plinth.test', 'nobody.example'] }, 'configuration.allowed_zones'],
    [{ allowed_zones: ['example-hosting.test'], default_zone: 'plinth.test' }, 'configuration.default_zone'],
  ] as const) {
    const { status, body } = await configure(configuration);
    expect([status, body.errors?.[0].field, body.code]).toEqual([422, field, 'unknown_zone']);
  }
  expect((await configure({ allowed_zones: ['plinth.test'], default_zone: 'plinth.test' })).status).toBe(200);
});

it('a resize that leaves the disk small says so first', async () => {
  const machine = MACHINES.find(({ type }) => type.startsWith('g6'));
  const { instance } = (await call('POST', '/api/vps', { label: 'small-disk', ...machine })).body;
  const { db } = runtime.services;
  await db.operation.updateMany({ where: { vpsId: instance.id }, data: { status: 'succeeded', finishedAt: new Date() } });
  await db.vps.update({ where: { id: instance.id }, data: { status: 'active', instanceId: '1', powerState: 'running' } });
  const { status, body } = await call('POST', `/api/vps/${instance.id}/preview`, { change: { action: 'resize', plan: 'g6-standard-1' } });
  expect(status, JSON.stringify(body)).toBe(202);
  expect(body.preview.notes.join(' ')).toMatch(/disk stays as large as it is \(25 GB .*up to 50 GB/);
});
