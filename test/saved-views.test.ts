/** Looks at lists that people keep: each their own only, so many, of the shape of an address, gone with the person. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';

const database = withDatabase();
let plinth: Plinth;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  const { db } = plinth.runtime.services;
  for (const [handle, id] of [
    ['ada', '6f0f1c1e-2f64-4b39-9c58-3a4c1f6f0b01'],
    ['bob', '6f0f1c1e-2f64-4b39-9c58-3a4c1f6f0b02'],
  ] as const) {
    await db.user.create({ data: { id, email: `${handle}@example.test`, name: handle, handle, staffRole: 'operator' } });
    tokens[handle] = (await createToken(db, { name: handle, role: null, userId: id, organizationId: null, expiresAt: null })).secret;
  }
}, 120_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, body?: unknown, who = 'ada') {
  const headers = { authorization: `Bearer ${tokens[who] ?? plinth.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(`${plinth.origin}/api/me/views${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), type: response.headers.get('content-type') };
}
const named = async (who = 'ada') =>
  (await call('GET', '?list=vps', undefined, who)).body.views.map(({ name, search }: any) => [name, search]);

it('keeps the person’s own, the last of a name, and no other’s', async () => {
  expect(await call('PUT', '/vps/Broken%2Fones%20%C3%A4', { search: { status: 'error' } })).toMatchObject({
    status: 200,
    body: { view: { list: 'vps', name: 'Broken/ones ä', search: { status: 'error' } } },
  });
  await call('PUT', '/vps/Broken%2Fones%20%C3%A4', { search: { status: 'error', sort: 'label', deleted: true } });
  await call('PUT', '/vps/another', { search: {} }, 'bob');
  expect(await named()).toEqual([['Broken/ones ä', { status: 'error', sort: 'label', deleted: true }]]);
  expect(await named('bob')).toEqual([['another', {}]]);
  expect((await call('GET', '')).body.views).toHaveLength(1);
  expect((await call('DELETE', '/vps/another')).status).toBe(404);
  expect((await call('DELETE', '/vps/Broken%2Fones%20%C3%A4')).status).toBe(204);
  expect([await named(), (await named('bob')).length]).toEqual([[], 1]);
});

it('is of people: a token of nobody keeps none', async () => {
  for (const [method, path, body] of [
    ['GET', ''],
    ['PUT', '/vps/x', { search: {} }],
    ['DELETE', '/vps/x'],
  ] as const)
    expect(await call(method, path, body, 'nobody')).toMatchObject({ status: 403, body: { code: 'person_only' } });
});

it('takes no other shape', async () => {
  const long = { q: 'ä'.repeat(1_020) };
  expect((await call('PUT', '/vps/long', { search: long })).status).toBe(200);
  const cases = [
    ['/vps/x', { search: { q: 'ä'.repeat(1_022) } }],
    ['/vps/x', { search: { q: { deep: 'er' } } }],
    ['/vps/x', { search: ['q'] }],
    ['/vps/x', {}],
    ['/vps/x', { search: {}, more: 1 }],
    ['/vps/%20', { search: {} }],
    [`/vps/${'x'.repeat(41)}`, { search: {} }],
    ['/orders/x', { search: {} }],
  ] as const;
  for (const [path, body] of cases) {
    const answer = await call('PUT', path, body);
    expect([path, answer.status >= 400 && answer.status < 500], JSON.stringify(answer.body)).toEqual([path, true]);
    expect(answer.type).toContain('application/problem+json');
  }
  expect(await named()).toEqual([['long', long]]);
  await call('DELETE', '/vps/long');
});

it('keeps a bounded number, also when they come at once', async () => {
  const answers = await Promise.all(Array.from({ length: 33 }, (_, n) => call('PUT', `/vps/view-${n}`, { search: { q: String(n) } })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
  expect(answers.filter(({ body }) => body.code === 'too_many_views')).toHaveLength(3);
  const [[name]] = (await named()) as [[string]];
  expect((await call('PUT', `/vps/${name}`, { search: { q: 'again' } })).status).toBe(200);
  expect(await named()).toHaveLength(30);
});
