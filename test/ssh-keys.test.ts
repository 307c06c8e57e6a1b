/** Keys that an organization keeps: its own alone, each once, never a private or weak one, and copies of them for servers. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { withDatabase } from './support/database.ts';
import { plainSpec } from './support/plain-spec.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { Selling } from './support/selling.ts';
import { seedVpses } from './support/seed-vpses.ts';

const database = withDatabase();
let plinth: Plinth;
let vps: string;
let place: { type: string; region: string; image: string; provider_id: string };
const tokens: Record<string, string> = {};

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  const { db } = plinth.runtime.services;
  await seedVpses(plinth.runtime, 1);
  const account = await db.account.findFirstOrThrow({ where: { provider: 'digitalocean' } });
  place = { type: 's-1vcpu-1gb', region: 'fra1', image: 'ubuntu-24-04-x64', provider_id: account.id };
  const spec = plainSpec(
    { vpsId: '0'.repeat(16), label: 'many-00000', hostname: 'many-00000.plinth.test' },
    { provider: account.provider, accountId: account.id, region: place.region, plan: place.type, image: place.image },
  );
  const data = { status: 'active', instanceId: '1', provider: account.provider, accountId: account.id, region: place.region, spec };
  const found = await db.vps.update({ where: { id: spec.vpsId }, data });
  vps = found.id;
  const other = await ensureOrganization(db, 'other');
  for (const [name, organizationId, role] of [
    ['own', found.organizationId, 'operator'],
    ['viewer', found.organizationId, 'viewer'],
    ['other', other.id, 'operator'],
  ] as const)
    tokens[name] = (await createToken(db, { name, role, organizationId, expiresAt: null })).secret;
}, 60_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, body?: unknown, as = 'own'): Promise<any> {
  const headers = { authorization: `Bearer ${tokens[as] ?? plinth.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, ...(text === '' ? {} : (JSON.parse(text) as object)) };
}
const part = (bytes: Buffer | string): Buffer => {
  const body = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
};
const line = (type: string, ...parts: Buffer[]): string =>
  `${type} ${Buffer.concat([part(type), ...parts.map(part)]).toString('base64')} ada@laptop`;
const newKey = (): string => {
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return line('ssh-ed25519', Buffer.from(x!, 'base64url'));
};
const rsa = (bits: number): string =>
  line('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 255)]));
const keyPart = (text: string): string => text.split(' ').slice(0, 2).join(' ');
const keep = async (name: string, key = newKey(), as = 'own') => await call('POST', '/api/ssh-keys', { name, public_key: key }, as);
/** Of the newest operation that brings the spec of a server. */
const askedKeys = async (): Promise<string[]> => {
  const { request } = await plinth.runtime.services.db.operation.findFirstOrThrow({
    where: { vpsId: vps },
    orderBy: { createdAt: 'desc' },
  });
  return (request as any).spec.sshPublicKeys;
};

it('is kept once, without its comment, found by its own organization only, and read by a viewer', async () => {
  const key = newKey();
  const kept = await keep('laptop', key);
  expect(kept).toMatchObject({
    status: 201,
    ssh_key: { name: 'laptop', type: 'ssh-ed25519', public_key: keyPart(key), last_used_at: null },
  });
  const { id, fingerprint } = kept.ssh_key;
  expect(fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  expect(await keep('again', key.replace('ada@laptop', 'other'))).toMatchObject({
    status: 409,
    code: 'key_taken',
    errors: [{ field: 'public_key', rule: 'is there already, as "laptop"' }],
  });
  expect(await keep('laptop')).toMatchObject({ status: 409, code: 'name_taken', errors: [{ field: 'name' }] });
  expect(await keep('laptop', key, 'other')).toMatchObject({ status: 201 });
  expect((await call('GET', '/api/ssh-keys', undefined, 'other')).ssh_keys.map((each: any) => each.id)).not.toContain(id);
  for (const [method, body] of [
    ['PATCH', { name: 'mine' }],
    ['DELETE', undefined],
  ] as const) {
    expect(await call(method, `/api/ssh-keys/${id}`, body, 'other')).toMatchObject({ status: 404 });
    expect(await call(method, `/api/ssh-keys/${id}`, body, 'viewer')).toMatchObject({ status: 403 });
  }
  expect(await keep('no', newKey(), 'viewer')).toMatchObject({ status: 403 });
  expect((await call('GET', '/api/ssh-keys', undefined, 'viewer')).ssh_keys).toMatchObject([{ id, name: 'laptop' }]);
  expect(await call('PATCH', `/api/ssh-keys/${id}`, { name: 'Büro' })).toMatchObject({ status: 200, ssh_key: { name: 'Büro' } });
  const trail = await plinth.runtime.services.db.auditEvent.findMany({ where: { target: id }, orderBy: { seq: 'asc' } });
  expect(trail.map(({ action }) => action)).toEqual(['ssh-key.added', 'ssh-key.renamed']);
});

it.each([
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nVERYSECRET\n', /private key/],
  ['a DSA key', line('ssh-dss', Buffer.alloc(128, 9)), /DSA/],
  ['a short RSA key', rsa(1024), /1024 bits/],
])('refuses %s, here and for a server, and repeats nothing of it', async (_what, key, rule) => {
  for (const [refused, field] of [
    [await keep('bad', key), 'public_key'],
    [await call('POST', `/api/vps/${vps}/actions`, { action: 'reinstall', ssh_keys: [key] }), 'ssh_keys.0'],
  ] as const) {
    expect(refused).toMatchObject({ status: 422, code: 'invalid_request', errors: [{ field, rule: expect.stringMatching(rule) }] });
    expect(refused.errors[0].remedy).toMatch(/\.pub/);
    expect(JSON.stringify(refused)).not.toContain('VERYSECRET');
  }
});

it('takes an RSA key of 2048 bits', async () => {
  expect(await keep('rsa', rsa(2048))).toMatchObject({ status: 201, ssh_key: { type: 'ssh-rsa' } });
});

it('goes to a server as a copy: what is renamed or removed later changes nothing there', async () => {
  const [picked, pasted] = [newKey(), newKey()];
  const { id } = (await keep('phone', picked)).ssh_key;
  const foreign = (await keep('theirs', newKey(), 'other')).ssh_key.id;
  const reinstall = (body: object) => call('POST', `/api/vps/${vps}/actions`, { action: 'reinstall', ...body });
  expect(await reinstall({ ssh_key_ids: [id, foreign] })).toMatchObject({
    status: 422,
    code: 'not_found',
    errors: [{ field: 'ssh_key_ids.1', remedy: expect.stringContaining('/api/ssh-keys') }],
  });
  const full = Array.from({ length: 50 }, newKey);
  expect(await reinstall({ ssh_keys: full, ssh_key_ids: [id] })).toMatchObject({ status: 422, errors: [{ field: 'ssh_key_ids' }] });
  expect(await reinstall({ ssh_keys: [pasted], ssh_key_ids: [id, id] })).toMatchObject({ status: 202 });
  expect(await call('DELETE', `/api/ssh-keys/${id}`)).toMatchObject({ status: 204 });
  expect(await askedKeys()).toEqual([pasted, `${keyPart(picked)} phone`]);
});

it('is picked for a new server, whose picking is noted', async () => {
  const key = newKey();
  const { id } = (await keep('desk', key)).ssh_key;
  const made = await call('POST', '/api/vps', { label: 'picked-1', ...place, ssh_keys: [key], ssh_key_ids: [id] }, 'staff');
  expect(made).toMatchObject({ status: 202 });
  const { spec } = await plinth.runtime.services.db.vps.findUniqueOrThrow({ where: { id: made.instance.id } });
  expect((spec as any).sshPublicKeys).toEqual([key]);
  const used = (await call('GET', '/api/ssh-keys')).ssh_keys.find((each: any) => each.id === id);
  expect(Date.now() - Date.parse(used.last_used_at)).toBeLessThan(60_000);
  const none = await call('POST', '/api/vps', { label: 'picked-2', ...place, ssh_key_ids: [randomUUID()] }, 'staff');
  expect(none).toMatchObject({ status: 422, errors: [{ field: 'ssh_key_ids.0' }] });
});

it('is picked in an order, which keeps the key itself', async () => {
  const selling = new Selling(() => plinth);
  await selling.open();
  const buyer = await selling.customer();
  const product = await selling.product();
  tokens['buyer'] = buyer.token;
  const key = newKey();
  const { id } = (await keep('buying', key, 'buyer')).ssh_key;
  const own = (await keep('not theirs')).ssh_key.id;
  const refused = await selling.quote(buyer, product.id, { ssh_key_ids: [id, own] });
  expect(refused).toMatchObject({ status: 422, body: { code: 'not_found', errors: [{ field: 'items.0.ssh_key_ids.1' }] } });
  const order = await selling.order(buyer, product.id, { ssh_key_ids: [id] });
  await call('DELETE', `/api/ssh-keys/${id}`, undefined, 'buyer');
  const item = await selling.db.orderItem.findFirstOrThrow({ where: { orderId: order.id } });
  const kept = JSON.stringify(item, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  expect(kept).toContain(`${keyPart(key)} buying`);
  expect(kept).not.toContain(id);
  await keep('laptop', newKey(), 'buyer');
  const placed = await plinth.json(
    'order',
    'create',
    product.name,
    'by-hand',
    '--organization',
    buyer.id,
    '--ssh-key-id',
    'laptop',
    '--place',
  );
  const { options } = await selling.db.orderItem.findFirstOrThrow({ where: { orderId: placed.order.id } });
  expect(JSON.stringify(options)).toContain(' laptop');
});

it('is one of a hundred at most: the next is refused, with its field and what to do', async () => {
  const { db } = plinth.runtime.services;
  const { id: organizationId } = await ensureOrganization(db, 'full');
  const one = { organizationId, type: 'ssh-ed25519', publicKey: 'ssh-ed25519 AAAA', addedBy: 'somebody', createdAt: new Date() };
  const rows = Array.from({ length: 99 }, (_, n) => ({ ...one, id: randomUUID(), name: `key ${n}`, fingerprint: `SHA256:${n}` }));
  await db.sshKey.createMany({ data: rows });
  tokens['full'] = (await createToken(db, { name: 'full', role: 'operator', organizationId, expiresAt: null })).secret;
  // Two at once: one of them is the hundredth.
  const both = await Promise.all([keep('the hundredth', newKey(), 'full'), keep('or this', newKey(), 'full')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  const refused = await keep('one more', newKey(), 'full');
  expect(refused).toMatchObject({
    status: 409,
    code: 'limit_reached',
    errors: [{ field: 'public_key', rule: expect.stringContaining('100'), remedy: expect.stringContaining('Remove one') }],
  });
  await call('DELETE', `/api/ssh-keys/${rows[0]!.id}`, undefined, 'full');
  expect(await keep('one more', newKey(), 'full')).toMatchObject({ status: 201 });
});

it('is kept from the command line', async () => {
  await writeFile(join(plinth.dataDir, 'id.pub'), newKey());
  expect(await plinth.cli(['ssh-key', 'add', 'from-file', 'id.pub'])).toMatchObject({ code: 0 });
  expect((await plinth.cli(['ssh-key', 'rename', 'from-file', 'by-file'])).code).toBe(0);
  expect((await plinth.cli(['ssh-key', 'list'])).out).toContain('by-file');
  const key = keyPart(await readFile(join(plinth.dataDir, 'id.pub'), 'utf8'));
  const { ssh_keys: all } = await plinth.json('ssh-key', 'list');
  const { id } = all.find((each: any) => each.name === 'by-file');
  const server = await someServer(plinth);
  const { instance } = await plinth.json('vps', 'create', 'by-name', ...server, '--ssh-key-id', 'by-file', '--ssh-key-id', id);
  const { spec } = await plinth.runtime.services.db.vps.findUniqueOrThrow({ where: { id: instance.id } });
  expect((spec as any).sshPublicKeys).toEqual([`${key} by-file`]);
  const { id: before } = await plinth.runtime.services.db.operation.findFirstOrThrow({
    where: { vpsId: vps },
    orderBy: { createdAt: 'desc' },
  });
  await plinth.json('operation', 'cancel', before);
  await plinth.json('vps', 'reinstall', vps, '--ssh-key-id', id, '--yes', '--no-wait');
  expect(await askedKeys()).toEqual([`${key} by-file`]);
  expect(await plinth.cli(['vps', 'create', 'by-none', ...server, '--ssh-key-id', 'no such'])).toMatchObject({
    code: 4,
    err: expect.stringContaining('ssh-key list'),
  });
  expect((await plinth.cli(['ssh-key', 'remove', 'by-file', '--yes'])).out).toMatch(/let it in as before/);
  expect((await plinth.cli(['ssh-key', 'list'])).out).not.toContain('by-file');
});
