import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../../../test/support/database.ts';
import { seedRow } from '../../../test/support/seed-row.ts';
import { type Database, openDatabase } from '../../kernel/database.ts';
import { ensureOrganization } from '../../kernel/settings.ts';
import { historyOf } from './history-store.ts';

const database = withDatabase();
const NOW = new Date('2027-03-10T15:00:00Z');
let db: Database;
let others: string;

beforeAll(async () => {
  db = openDatabase(database.url, 5);
  ({ id: others } = await ensureOrganization(db, 'others'));
  await made('before', '2027-01-05T12:00:00Z', null);
  await made('longgone', '2027-01-05T12:00:00Z', '2027-02-01T12:00:00Z');
  await made('gone', '2027-02-20T12:00:00Z', '2027-03-06T23:59:59.999Z');
  await made('atmidnight', '2027-03-07T00:00:00Z', '2027-03-09T00:00:00Z');
  await made('oneday', '2027-03-09T08:00:00Z', '2027-03-09T20:00:00Z');
  await made('newest', '2027-03-10T14:00:00Z', null);
  await made('ofothers', '2027-03-05T10:00:00Z', null, others);
  await ended('before', 'succeeded', '2027-03-04T23:59:59Z', 10);
  await ended('gone', 'succeeded', '2027-03-06T23:59:59.999Z', 8);
  await ended('atmidnight', 'succeeded', '2027-03-07T00:00:00Z', 4);
  for (const seconds of [10, 20, 30, 110]) await ended('newest', 'succeeded', '2027-03-10T14:10:00Z', seconds);
  await ended('newest', 'failed', '2027-03-10T14:05:00Z', 999);
  await ended('newest', 'stalled', '2027-03-10T14:06:00Z', 999);
  await ended('newest', 'succeeded', '2027-03-10T14:10:00Z', 999, 'reboot');
  await ended('ofothers', 'failed', '2027-03-10T14:05:00Z', 1);
  await drifted('before', '2027-02-01T00:00:00Z', '2027-03-07T00:00:00Z');
  await drifted('before', '2027-03-09T23:59:59Z', null);
  await drifted('atmidnight', '2027-03-07T05:00:00Z', '2027-03-07T06:00:00Z');
  await drifted('ofothers', '2027-03-10T01:00:00Z', '2027-03-10T02:00:00Z');
});
afterAll(() => db?.$disconnect());

async function made(id: string, createdAt: string, deletedAt: string | null, organizationId?: string): Promise<void> {
  await seedRow(db, id);
  const data = { createdAt, deletedAt, ...(deletedAt ? { status: 'terminated' } : {}), ...(organizationId ? { organizationId } : {}) };
  await db.vps.update({ where: { id }, data });
}

let count = 0;
async function ended(vpsId: string, status: string, finishedAt: string, seconds: number, kind = 'provision'): Promise<void> {
  const { organizationId } = await db.vps.findUniqueOrThrow({ where: { id: vpsId } });
  const startedAt = new Date(Date.parse(finishedAt) - seconds * 1000);
  count += 1;
  const row = { id: `operation-${count}`, kind, status, organizationId, vpsId, request: {}, actor: 'somebody', startedAt, finishedAt };
  await db.operation.create({ data: row });
}

async function drifted(vpsId: string, firstSeenAt: string, resolvedAt: string | null): Promise<void> {
  const { accountId } = await db.vps.findUniqueOrThrow({ where: { id: vpsId } });
  count += 1;
  const seen = { firstSeenAt, lastSeenAt: firstSeenAt, resolvedAt };
  const what = { kind: 'changed', state: resolvedAt ? 'resolved' : 'confirmed', fingerprint: 'x', differences: [] };
  await db.drift.create({ data: { id: `drift-${count}`, vpsId, accountId, ...what, ...seen } });
}

/** date, living, provisioned, median, slowest 5 %, failed, drift found, resolved */
const rows = async (scope: string | null, days = 7) =>
  (await historyOf(db, scope, days, NOW)).map((day) => [
    day.date.slice(5),
    day.living,
    day.provisioned,
    day.median_ms,
    day.p95_ms,
    day.failed,
    day.drift_found,
    day.drift_resolved,
  ]);

it('counts each day in UTC, also those without anything', async () => {
  expect(await rows(null)).toEqual([
    ['03-04', 2, 1, 10_000, 10_000, 0, 0, 0],
    ['03-05', 3, 0, null, null, 0, 0, 0],
    ['03-06', 2, 1, 8_000, 8_000, 0, 0, 0],
    ['03-07', 3, 1, 4_000, 4_000, 0, 1, 2],
    ['03-08', 3, 0, null, null, 0, 0, 0],
    ['03-09', 2, 0, null, null, 0, 1, 0],
    ['03-10', 3, 4, 25_000, 98_000, 2, 1, 1],
  ]);
});

it('counts an organization its own only', async () => {
  expect(await rows(others)).toEqual([
    ['03-04', 0, 0, null, null, 0, 0, 0],
    ...['03-05', '03-06', '03-07', '03-08', '03-09'].map((day) => [day, 1, 0, null, null, 0, 0, 0]),
    ['03-10', 1, 0, null, null, 1, 1, 1],
  ]);
});

it('goes back a year', async () => {
  const year = await rows(null, 365);
  expect([year.length, year[0]!.slice(0, 2), year.at(-1)!.slice(0, 2)]).toEqual([365, ['03-11', 0], ['03-10', 3]]);
  // The one that was there for some weeks only.
  expect(year.find(([day]) => day === '01-31')).toEqual(['01-31', 2, 0, null, null, 0, 0, 0]);
});
