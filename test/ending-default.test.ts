/** The reversible way is the default: nothing that leaves out when a server is to go has it gone for good. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlinth, type Plinth } from './support/plinth.ts';
import { withDatabase } from './support/database.ts';
import { seedVpses } from './support/seed-vpses.ts';

const HOUR_MS = 3_600_000;
const database = withDatabase();
let plinth: Plinth;
let ids: string[];

beforeAll(async () => {
  // Empty is as if it were not set; no worker runs, so what is ordered stays to be seen.
  plinth = await startPlinth(database.url, { PLINTH_TERMINATION_GRACE_HOURS: '', PLINTH_ROLE: 'http' });
  await seedVpses(plinth.runtime, 9);
  const { services } = plinth.runtime;
  await services.db.vps.updateMany({ data: { status: 'active', instanceId: 'there' } });
  ids = (await services.db.vps.findMany({ orderBy: { label: 'asc' } })).map(({ id }) => id);
}, 60_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${plinth.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { httpStatus: response.status, ...((await response.json()) as object) };
}
const hoursLeft = (due: string): number => (Date.parse(due) - Date.now()) / HOUR_MS;

it('a request without a word of when can be taken back for a day, however often it is sent', async () => {
  const first = await call('DELETE', `/api/vps/${ids[0]}`);
  expect(first).toMatchObject({ httpStatus: 202, operation: null, instance: { status: 'terminating' } });
  expect(hoursLeft(first.instance.terminate_due_at)).toBeGreaterThan(23.9);
  const again = await call('DELETE', `/api/vps/${ids[0]}`);
  expect(again).toMatchObject({ operation: null, instance: { status: 'terminating', terminate_due_at: first.instance.terminate_due_at } });
  expect(await call('DELETE', `/api/vps/${ids[0]}?grace_hours=72`)).toMatchObject({ operation: null });
  expect(hoursLeft((await call('DELETE', `/api/vps/${ids[0]}`)).instance.terminate_due_at)).toBeGreaterThan(71.9);
  expect(await call('POST', `/api/vps/${ids[0]}/undo`)).toMatchObject({ httpStatus: 200, instance: { status: 'active' } });
});

it('only 0 is now', async () => {
  expect(await call('DELETE', `/api/vps/${ids[1]}?grace_hours=0`)).toMatchObject({
    operation: { kind: 'destroy' },
    instance: { status: 'destroying' },
  });
});

it('the command line says until when, and how to take it back', async () => {
  const { code, out } = await plinth.cli(['vps', 'destroy', ids[2]!, '--yes', '--wait']);
  expect([code, out]).toEqual([0, expect.stringMatching(/will be destroyed at .* Until then: plinth vps undo/)]);
  expect((await plinth.cli(['vps', 'destroy', ids[3]!])).err).toContain('will be lost when its grace is over');
  expect((await plinth.cli(['vps', 'destroy', ids[3]!, '--grace', '0'])).err).toContain('will be lost now, for good');
});

it('a bulk run freezes the same default', async () => {
  const destroy = { action: { action: 'destroy' }, selection: { ids: ids.slice(4, 6) } };
  const { approval } = await call('POST', '/api/bulk/preview', destroy);
  expect(await call('POST', '/api/bulk', { ...destroy, approval })).toMatchObject({
    httpStatus: 202,
    run: { action: { action: 'destroy', grace_hours: 24 } },
  });
});
