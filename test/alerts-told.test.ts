/** Alerts reach the staff whose permission says that they are theirs, once, by mail and in their list. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertKind } from '../contract/alerts.ts';
import { raiseAlert } from '../server/kernel/kill-switches/store.ts';
import { withDatabase } from './support/database.ts';
import { mailsTo } from './support/people.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { until } from './support/until.ts';

const database = withDatabase();

const STAFF = ['superadmin', 'operator', 'support', 'billing', 'readonly', null] as const;
let plinth: Plinth;
const ids = new Map<string, string>();

const addressOf = (role: string | null): string => `${role ?? 'customer'}@alerts.test`;
const mailsOf = (role: string | null) => mailsTo(plinth.origin, plinth.adminToken, addressOf(role));
const raise = (kind: AlertKind, target: string) =>
  raiseAlert(plinth.runtime.services.db, { kind, target, message: `Look at ${target}.`, data: {} });
const waitFor = (role: string, subject: string) =>
  until(async () => (await mailsOf(role)).find((mail) => mail.subject === subject), { timeoutMs: 60_000, what: `${subject} for ${role}` });

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  const { db } = plinth.runtime.services;
  for (const role of STAFF) {
    const id = randomUUID();
    ids.set(String(role), id);
    const locale = role === 'support' ? 'de' : 'en';
    await db.user.create({
      data: { id, email: addressOf(role), name: String(role), handle: String(role), emailVerified: true, staffRole: role, locale },
    });
  }
}, 180_000);
afterAll(() => plinth?.stop());

it('tells whose permission it asks for, in their language, with the remedy and the runbook', { timeout: 120_000 }, async () => {
  expect(await raise('servers-missing', 'account one')).toBe(true);
  for (const role of ['superadmin', 'operator', 'readonly']) await waitFor(role, 'Alert: servers-missing');
  expect((await waitFor('support', 'Alarm: servers-missing')).text).toContain('Anleitung: docs/runbooks.md, servers-missing');
  const [mail] = await mailsOf('operator');
  for (const said of ['Look at account one.', 'Check that the account has the key', 'docs/runbooks.md, servers-missing'])
    expect(mail.text).toContain(said);
  // Written in the same transaction as the others' mails, so it would be there.
  expect(await mailsOf('billing')).toEqual([]);
  expect(await mailsOf(null)).toEqual([]);
});

it('tells money to billing too, once for each cause, and nobody who turned it off', { timeout: 120_000 }, async () => {
  const { db } = plinth.runtime.services;
  const operator = ids.get('operator')!;
  await db.notificationPreference.create({ data: { userId: operator, kind: 'alert', channel: 'mail', enabled: false } });
  expect(await raise('payment-disputed', 'dispute two')).toBe(true);
  expect(await raise('payment-disputed', 'dispute two')).toBe(false);
  for (const role of ['superadmin', 'billing', 'readonly']) await waitFor(role, 'Alert: payment-disputed');
  expect((await mailsOf('billing')).length).toBe(1);
  expect((await mailsOf('operator')).map(({ subject }) => subject)).toEqual(['Alert: servers-missing']);
  const listed = await db.notification.findMany({ where: { userId: operator }, orderBy: { createdAt: 'desc' } });
  expect(listed.map(({ kind, subjects }) => [kind, (subjects as { alert: string }).alert])).toEqual([
    ['alert', 'payment-disputed'],
    ['alert', 'servers-missing'],
  ]);
});
