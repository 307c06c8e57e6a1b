import * as grpc from '@grpc/grpc-js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import { afterEach, expect, it } from 'vitest';
import type { AccountConnection } from '../../providers/provider.ts';
import { TOKEN, ToyCloud, toyProvider } from './engine.fixture.ts';
import { ProviderHostPool } from './pool.ts';
import { toStruct } from './values.ts';

const cloud = new ToyCloud();
const toy = toyProvider(cloud);
const opened: ProviderHostPool[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((pool) => pool.close(1_000)));
});

function openPool(warmMs = 60_000): ProviderHostPool {
  const pool = new ProviderHostPool({
    find: (id) => (id === 'toy' ? toy : undefined),
    log: () => undefined,
    warmMs,
    simulatorSpeed: 1_000,
  });
  opened.push(pool);
  return pool;
}

function account(token: string): Omit<AccountConnection, 'budget'> {
  return { accountId: 'acc', credential: { token }, endpoint: { kind: 'simulator', baseUrl: 'http://127.0.0.1:1' } };
}

function call(port: number, name: string, waitMs: number): Promise<string> {
  const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const request = new providerPb.CreateRequest();
  request.setUrn(`urn:pulumi:s::p::${TOKEN}::${name}`);
  request.setProperties(toStruct({ label: name, waitMs }));
  return new Promise<string>((resolve, reject) => {
    client.create(request, (error, response) => (error ? reject(error) : resolve(response.getId())));
  }).finally(() => client.close());
}

it('shares one host per account and opens another for a new credential', async () => {
  const pool = openPool();
  const [first, second] = await Promise.all([pool.acquire('toy', account('old')), pool.acquire('toy', account('old'))]);
  expect(second.port).toBe(first.port);
  expect(first.package).toBe('toy');
  const rotated = await pool.acquire('toy', account('new'));
  expect(rotated.port).not.toBe(first.port);
  expect(await call(first.port, 'before-rotation', 0)).toMatch(/^box-/);
});

it('keeps a released host warm, then closes it', async () => {
  const pool = openPool(50);
  const lease = await pool.acquire('toy', account('warm'));
  lease.release();
  lease.release();
  const again = await pool.acquire('toy', account('warm'));
  expect(again.port).toBe(lease.port);
  again.release();
  await expect.poll(() => call(lease.port, 'too-late', 0).catch((error: grpc.ServiceError) => error.code)).toBe(grpc.status.UNAVAILABLE);
});

it('gives everyone the account’s one budget', () => {
  const pool = openPool();
  const of = (accountId: string, kind: 'real' | 'simulator' = 'real') =>
    pool.budgetFor({ accountId, endpoint: { kind, baseUrl: '' } }, toy.descriptor);
  expect(of('acc')).toBe(of('acc'));
  expect(of('acc')).not.toBe(of('other'));
  // A simulated minute is over sooner; an account that becomes a real one keeps nothing of that.
  expect(of('acc', 'simulator').state().perMs * 1_000).toBe(of('acc').state().perMs);
});

it('drains a create in flight before it closes, and refuses new leases', async () => {
  const pool = openPool();
  const { port } = await pool.acquire('toy', account('drain'));
  const creating = call(port, 'in-flight', 300);
  await expect.poll(() => [...cloud.boxes.values()].some((box) => box['label'] === 'in-flight')).toBe(true);
  await pool.close(5_000);
  expect(await creating).toMatch(/^box-/);
  await expect(pool.acquire('toy', account('drain'))).rejects.toThrow('closing');
});

it('lets two creates of one resource take turns', async () => {
  const { port } = await openPool().acquire('toy', account('turns'));
  const ended: string[] = [];
  const slow = call(port, 'turns', 300).then(() => ended.push('first'));
  await expect.poll(() => [...cloud.boxes.values()].some((box) => box['label'] === 'turns')).toBe(true);
  await Promise.all([slow, call(port, 'turns', 0).then(() => ended.push('second'))]);
  expect(ended).toEqual(['first', 'second']);
  await expect(openPool().acquire('unknown', null)).rejects.toThrow('providers/list.ts');
});
