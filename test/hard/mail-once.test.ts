/** What processes share: sessions, and mails, each of which goes once: the process that wrote it is killed before it is sent, and another sends it under the same Message-ID. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../server/kernel/database.ts';
import { withDatabase } from '../support/database.ts';
import { Browser, mailsTo, signedUp } from '../support/people.ts';
import { type Cluster, openCluster } from '../support/service.ts';
import { until } from '../support/until.ts';

const database = withDatabase();
let cluster: Cluster;

beforeAll(async () => {
  cluster = await openCluster(database.url, 1000);
}, 180_000);
afterAll(() => cluster?.close());

test('killing the service between an event and its mail sends the mail once', { timeout: 300_000 }, async () => {
  // It takes requests and sends nothing.
  const first = await cluster.service('first', { PLINTH_ROLE: 'http' });
  const ada = new Browser(first.origin);
  await ada.must(200, 'POST', '/api/sign-up', { email: 'ada@once.test', password: 'a password for once', name: 'Ada' });
  await first.end('SIGKILL');
  const db = openDatabase(database.url, 2);
  const waiting = await db.mailDelivery.findFirstOrThrow({ where: { address: 'ada@once.test' } });
  expect(waiting).toMatchObject({ status: 'waiting', attempts: 0, messageId: `<${waiting.id}@localhost>` });

  const second = await cluster.service('second', { PLINTH_ROLE: 'all' });
  const token = await cluster.token();
  const mails = () => mailsTo(second.origin, token, 'ada@once.test');
  await until(async () => ((await mails()).length > 0 ? true : undefined), { timeoutMs: 60_000, what: 'the mail' });
  const sent = await until(async () => await db.mailDelivery.findFirst({ where: { id: waiting.id, status: 'sent' } }), {
    what: 'its row to say so',
  });
  expect((await mails()).map((each) => each.message_id)).toEqual([waiting.messageId]);
  expect(sent).toMatchObject({ attempts: 1, data: null });

  // As after a kill between the mail server's answer and the row: it comes again, known as the same by its id.
  await db.mailDelivery.update({ where: { id: waiting.id }, data: { status: 'waiting', data: waiting.data } });
  await until(async () => ((await mails()).length > 1 ? true : undefined), { timeoutMs: 60_000, what: 'it again' });
  expect(new Set((await mails()).map((each) => each.message_id))).toEqual(new Set([waiting.messageId]));
  await db.$disconnect();
});

test('a session that one process began holds at another, and what ends it there ends it here', { timeout: 300_000 }, async () => {
  const one = await cluster.service('one', { PLINTH_ROLE: 'all' });
  const other = await cluster.service('other', { PLINTH_ROLE: 'http' });
  const token = await cluster.token();
  const password = 'a password for two';
  const bea = await signedUp(one.origin, token, { email: 'bea@twice.test', password, name: 'Bea' });
  const there = new Browser(other.origin);
  for (const [name, value] of bea.jar) there.jar.set(name, value);
  expect((await there.must(200, 'GET', '/api/me')).email).toBe('bea@twice.test');
  const second = new Browser(other.origin);
  await second.must(200, 'POST', '/api/sign-in', { email: 'bea@twice.test', password });
  const { sessions } = await second.must(200, 'GET', '/api/me/sessions');
  await second.must(204, 'DELETE', `/api/me/sessions/${sessions.find((each: any) => !each.is_this).id}`);
  const ended = await until(async () => ((await bea.ask('GET', '/api/me')).status === 401 ? performance.now() : undefined), {
    timeoutMs: 5_000,
    what: 'the session to end where it began',
  });
  expect(ended).toBeGreaterThan(0);
  await second.must(200, 'GET', '/api/me');
});
