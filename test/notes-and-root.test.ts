/** Two people at one text, and what opens the dashboard: nobody's words are lost unseen, and the root is a page. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { buildDashboard } from './support/dashboard.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { seedVpses } from './support/seed-vpses.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
let id: string;

beforeAll(async () => {
  await buildDashboard();
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  await seedVpses(plinth.runtime, 1);
  id = (await plinth.runtime.services.db.vps.findFirstOrThrow()).id;
}, 60_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${plinth.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { httpStatus: response.status, ...((await response.json()) as object) };
}

it('notes that somebody else changed meanwhile are not written over', async () => {
  const patch = (body: object) => call('PATCH', `/api/vps/${id}`, body);
  expect(await patch({ notes: 'first', expected_notes: null })).toMatchObject({ httpStatus: 200, instance: { notes: 'first' } });
  const late = await patch({ notes: 'mine', expected_notes: null });
  expect(late).toMatchObject({ httpStatus: 409, code: 'notes_changed', errors: [{ field: 'expected_notes' }] });
  expect((await call('GET', `/api/vps/${id}`)).instance.notes).toBe('first');
  expect(await patch({ notes: 'both', expected_notes: 'first' })).toMatchObject({ httpStatus: 200 });
  // Who does not care still may: a script has no notes to lose.
  expect(await patch({ notes: null })).toMatchObject({ httpStatus: 200, instance: { notes: null } });
  expect(await patch({ expected_notes: null })).toMatchObject({ httpStatus: 422 });
});

it('says whose it is and what its ids are called', async () => {
  // What is told at the start may have read the catalogue; what a process remembers of it is some seconds old at most.
  await plinth.runtime.services.db.catalogCache.deleteMany();
  const { instance } = await until(async () => {
    const answer = await call('GET', `/api/vps/${id}`);
    return answer.instance.names.plan === answer.instance.plan && answer;
  });
  expect(instance).toMatchObject({ organization_name: 'default', features: { resize_down: { allowed: expect.any(Boolean) } } });
  // The catalogue has not been read: the ids stand for themselves, and no price is made up.
  expect(instance.provider_price).toBeNull();
  await call('GET', `/api/admin/upstream/plans?providerId=${instance.provider_id}`);
  const { instance: known } = await until(async () => {
    const answer = await call('GET', `/api/vps/${id}`);
    return answer.instance.names.plan !== answer.instance.plan && answer;
  });
  expect(known.names).toMatchObject({ provider: 'DigitalOcean', plan: '1 vCPU, 1 GB, 25 GB disk' });
  expect(known.provider_price).toEqual({ monthly: expect.stringMatching(/^\d+\.\d\d$/), currency: 'USD' });
  // What the provider takes is the seller's to know.
  const { db } = plinth.runtime.services;
  const { secret } = await createToken(db, { name: 'customer', role: 'admin', organizationId: known.organization_id, expiresAt: null });
  const theirs = await fetch(`${plinth.origin}/api/vps/${id}`, { headers: { authorization: `Bearer ${secret}` } });
  expect(((await theirs.json()) as any).instance).toMatchObject({ provider_price: null, organization_name: 'default', names: known.names });
});

it.each([
  ['/', '*/*', 200],
  ['/', 'text/html', 200],
  ['/', 'application/json', 404],
  ['/vps', 'text/html', 200],
  ['/nonsense', '*/*', 404],
  ['/api/nonsense', '*/*', 404],
])('%s to who takes %s: %i', async (path, accept, status) => {
  const response = await fetch(plinth.origin + path, { headers: { accept } });
  expect(response.status).toBe(status);
  if (status === 200) expect(await response.text()).toContain('<title>');
});
