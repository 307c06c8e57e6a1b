/** The audit trail: who, for whom, from where, what was and is; whose it is to read; and that nobody rewrites it unseen. */
import { randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { anchorFile, auditSweep, verifyTrail } from '../server/identity/audit/sweep.ts';
import { appendAudit, auditHash, GENESIS, pseudonymiseAudit } from '../server/kernel/audit.ts';
import { newestIntact } from '../server/kernel/audit-chain.ts';
import { inTransaction, type AuditEvent } from '../server/kernel/database.ts';
import { fingerprint } from '../server/kernel/fingerprint.ts';
import { serving } from '../server/kernel/request-context.ts';
import { mailSweep } from '../server/notifications/mail/outbox.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { seedRow } from './support/seed-row.ts';

const database = withDatabase();
let plinth: Plinth;
const organizations: Record<string, string> = {};
const tokens: Record<string, string> = {};

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  for (const name of ['mine', 'theirs']) {
    organizations[name] = (await plinth.json('organization', 'create', name)).organization.id;
    tokens[name] = (
      await createToken(db(), { name: `of ${name}`, role: 'admin', organizationId: organizations[name]!, expiresAt: null })
    ).secret;
  }
}, 120_000);
afterAll(() => plinth?.stop());

const db = () => plinth.runtime.services.db;

async function call(method: string, path: string, token: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(plinth.origin + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : null };
}

/** As whoever has the database can: triggers and all. */
async function behindItsBack(sql: string): Promise<void> {
  await db().$transaction([
    db().$executeRawUnsafe(`ALTER TABLE "audit_event" DISABLE TRIGGER ALL`),
    db().$executeRawUnsafe(sql),
    db().$executeRawUnsafe(`ALTER TABLE "audit_event" ENABLE TRIGGER ALL`),
  ]);
}

const rows = async (): Promise<AuditEvent[]> => await db().auditEvent.findMany({ orderBy: { seq: 'asc' } });
const verify = () => verifyTrail(plinth.runtime.services);
const sweep = () => auditSweep(plinth.runtime.services).run(new AbortController().signal);

/** Does `harm`, expects it to be found, and puts everything back. */
async function found(harm: () => Promise<unknown>, reason: RegExp): Promise<void> {
  const before = await rows();
  await harm();
  const report = await verify();
  expect(report.intact).toBe(false);
  expect(report.broken?.reason).toMatch(reason);
  await behindItsBack('DELETE FROM "audit_event"');
  await db().$executeRaw`INSERT INTO "audit_event" SELECT * FROM jsonb_populate_recordset(NULL::"audit_event", ${JSON.stringify(
    before.map((row) => ({ ...row, seq: String(row.seq) })),
  )}::jsonb)`;
  expect((await verify()).broken).toBeNull();
}

describe('an entry', () => {
  it('says who, from where, in which request, and what was before and after', async () => {
    const vps = await seedRow(db(), 'told000000000000');
    const headers = { 'user-agent': 'Tester/1', 'x-request-id': 'request-0001' };
    const changed = await call('PATCH', `/api/vps/${vps.id}`, plinth.adminToken, { delete_protection: true }, headers);
    expect(changed.status, changed.text).toBe(200);
    const { body } = await call('GET', `/api/audit?target=${vps.id}`, plinth.adminToken);
    const [admin] = await db().apiToken.findMany({ where: { name: 'first admin' } });
    expect(body.events[0]).toMatchObject({
      actor: 'first admin',
      actor_kind: 'token',
      actor_id: admin!.id,
      on_behalf_of: null,
      scope: null,
      address: '127.0.0.1',
      user_agent: 'Tester/1',
      request_id: 'request-0001',
      action: 'vps.changed',
      before: { delete_protection: false },
      after: { delete_protection: true },
      form: 2,
    });
  });

  it('names both where one acts for another, and keeps no secret', async () => {
    const actor = { kind: 'user', id: randomUUID(), name: 'Sue', onBehalfOf: { kind: 'organization', id: 'x', name: 'mine' } } as const;
    const data = {
      root_pass: 'hunter2-hunter2',
      has_password: true,
      inner: [{ api_key: { a: 'b' }, note: `plinth_${'a'.repeat(12)}_${'b'.repeat(43)}` }],
    };
    const context = { actor, scope: null, address: '192.0.2.1', userAgent: 'x'.repeat(5_000), requestId: null };
    await serving(context, () =>
      inTransaction(db(), (tx) =>
        appendAudit(tx, { actor: 'Sue', action: 'test.done', target: 'secret-less', organizationId: null, data, after: data }),
      ),
    );
    const [row] = await db().auditEvent.findMany({ where: { target: 'secret-less' } });
    expect(row).toMatchObject({ actorKind: 'user', actorId: actor.id, onBehalfOf: actor.onBehalfOf, address: '192.0.2.1' });
    expect(row!.userAgent).toHaveLength(300);
    const kept = { root_pass: '•••', has_password: true, inner: [{ api_key: '•••', note: '•••' }] };
    expect([row!.data, row!.after]).toEqual([kept, kept]);
  });

  it('of what Plinth does by itself says so', async () => {
    await inTransaction(db(), (tx) =>
      appendAudit(tx, { actor: 'plinth', action: 'test.swept', target: 'x', organizationId: null, data: {} }),
    );
    expect((await rows()).at(-1)).toMatchObject({ actorKind: 'system', actorId: 'plinth', address: null });
  });
});

describe('reading', () => {
  it('gives an organization its own, the seller’s staff included, and nothing of others', async () => {
    const vps = await seedRow(db(), 'ofmine0000000000');
    await db().vps.update({ where: { id: vps.id }, data: { organizationId: organizations['mine']! } });
    expect((await call('PATCH', `/api/vps/${vps.id}`, plinth.adminToken, { delete_protection: true })).status).toBe(200);
    expect((await call('PATCH', `/api/vps/${vps.id}`, tokens['mine']!, { delete_protection: false })).status).toBe(200);
    const mine = (await call('GET', '/api/audit', tokens['mine']!)).body.events;
    const changes = mine.filter(({ action }: any) => action === 'vps.changed');
    // From where the seller's staff work is their own matter.
    expect(changes.map(({ actor, scope, address }: any) => [actor, scope, address])).toEqual([
      ['of mine', organizations['mine'], '127.0.0.1'],
      ['first admin', null, null],
    ]);
    expect(new Set(mine.map(({ organization_id }: any) => organization_id))).toEqual(new Set([organizations['mine']]));
    const theirs = (await call('GET', '/api/audit', tokens['theirs']!)).text;
    expect(theirs).not.toContain(vps.id);
    const foreign = await call('GET', `/api/audit?organization_id=${organizations['theirs']}`, tokens['mine']!);
    expect([foreign.status, foreign.body.code]).toEqual([403, 'forbidden']);
    expect((await call('GET', '/api/audit/verify', tokens['mine']!)).status).toBe(403);
  });

  it('filters, searches and exports', async () => {
    const events = async (query: string) => (await call('GET', `/api/audit?${query}`, plinth.adminToken)).body.events as any[];
    expect((await events('action=vps')).every(({ action }) => action.startsWith('vps.'))).toBe(true);
    expect(await events('action=vp')).toEqual([]);
    expect((await events('actor=Sue')).map(({ action }) => action)).toEqual(['test.done']);
    expect((await events('actor_kind=system')).length).toBeGreaterThan(0);
    expect((await events('q=SECRET-LESS')).map(({ target }) => target)).toEqual(['secret-less']);
    expect(await events('q=%25%25')).toEqual([]);
    expect(await events('until=2020-01-01T00:00:00Z')).toEqual([]);
    const lines = (await plinth.cli(['audit', 'export', '--action', 'vps'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ seq }) => Number(seq))).toEqual(lines.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b));
    expect(lines.length).toBe((await events('action=vps&limit=500')).length);
    await inTransaction(db(), (tx) =>
      appendAudit(tx, { actor: '=cmd()', action: 'test.csv', target: 'a,"b"', organizationId: null, data: {} }),
    );
    const csv = (await call('GET', '/api/audit/export?format=csv&action=test.csv', plinth.adminToken)).text;
    expect(csv).toContain('"\'=cmd()"');
    expect(csv).toContain('"a,""b"""');
    expect((await rows()).at(-1)).toMatchObject({ action: 'audit.exported' });
  });
});

describe('the chain', () => {
  beforeAll(async () => {
    // Two rows of the first release, below all others: they verify as they did.
    const later = await rows();
    await behindItsBack('DELETE FROM "audit_event"');
    let previousHash = GENESIS;
    for (const [index, action] of ['old.one', 'old.two'].entries()) {
      const at = new Date(Date.UTC(2026, 0, index + 1));
      const entry = { actor: 'ada', action, target: 't', organizationId: null, data: { n: index } };
      const hash = fingerprint([previousHash, at.toISOString(), 'ada', action, 't', null, { n: index }]);
      await db().auditEvent.create({ data: { ...entry, at, previousHash, hash } });
      previousHash = hash;
    }
    for (const { action, target, organizationId, data } of [...later, ...later].slice(0, 40))
      await inTransaction(db(), (tx) => appendAudit(tx, { actor: 'ada', action, target, organizationId, data: data as {} }));
  });

  it('holds over rows of both forms, and its head is written outside, for its owner only', async () => {
    expect(await verify()).toMatchObject({ intact: true, anchors: 0, broken: null });
    expect(await sweep()).toMatchObject({ outcome: 'ok' });
    const file = anchorFile(plinth.runtime.services);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(1);
    expect(await verify()).toMatchObject({ intact: true, anchors: 1 });
    expect((await plinth.cli(['audit', 'verify'])).out).toContain('are intact and agree with 1 anchors');
    expect(await newestIntact(db())).toBe(true);
  });

  it('shows an altered row, whatever its form and column', async () => {
    const all = await rows();
    for (const [place, change] of [
      [1, `"action" = 'old.other'`],
      [1, `"actor" = 'eve'`],
      [5, `"data" = '{"n":9}'`],
      [5, `"actor" = 'eve'`],
      [5, `"address" = '192.0.2.9'`],
      [5, `"actorId" = 'eve'`],
      [5, `"after" = '{"x":1}'`],
      [5, `"form" = 1`],
    ] as const)
      await found(() => behindItsBack(`UPDATE "audit_event" SET ${change} WHERE "seq" = ${all[place]!.seq}`), /altered/);
  });

  it('shows two that were swapped, and one that is missing', async () => {
    const [, , a, b] = await rows();
    await found(
      () =>
        behindItsBack(
          `UPDATE "audit_event" SET "seq" = CASE "seq" WHEN ${a!.seq} THEN -1 * ${b!.seq} ELSE -1 * ${a!.seq} END WHERE "seq" IN (${a!.seq}, ${b!.seq})`,
        ).then(() => behindItsBack(`UPDATE "audit_event" SET "seq" = -"seq" WHERE "seq" < 0`)),
      /does not follow/,
    );
    await found(() => behindItsBack(`DELETE FROM "audit_event" WHERE "seq" = ${a!.seq}`), /does not follow/);
  });

  it('shows by the anchors a tail that was cut off, and a trail that was hashed anew from the middle', async () => {
    const all = await rows();
    await found(() => behindItsBack(`DELETE FROM "audit_event" WHERE "seq" > ${all.at(-4)!.seq}`), /cut off/);
    await found(() => behindItsBack('DELETE FROM "audit_event"'), /cut off/);
    const middle = Math.floor(all.length / 2);
    await found(async () => {
      let previousHash = all[middle - 1]!.hash;
      for (const row of all.slice(middle)) {
        const forged = { ...row, previousHash, ...(row === all[middle] ? { target: 'somewhere else' } : {}) };
        const hash = auditHash(forged as Parameters<typeof auditHash>[0]);
        await behindItsBack(
          `UPDATE "audit_event" SET "previousHash" = '${previousHash}', "hash" = '${hash}', "target" = '${forged.target}' WHERE "seq" = ${row.seq}`,
        );
        previousHash = hash;
      }
    }, /written anew/);
  });

  it('that is broken raises an alert, and its head is not written', async () => {
    const file = anchorFile(plinth.runtime.services);
    const anchors = await readFile(file, 'utf8');
    const [, second] = await rows();
    await behindItsBack(`UPDATE "audit_event" SET "target" = 'x' WHERE "seq" = ${second!.seq}`);
    expect(await sweep()).toMatchObject({ outcome: 'partial', message: expect.stringContaining(`entry ${second!.seq}`) });
    expect(await readFile(file, 'utf8')).toBe(anchors);
    expect(await db().alert.count({ where: { kind: 'audit-broken', resolvedAt: null } })).toBe(1);
    expect((await plinth.cli(['audit', 'verify'])).code).not.toBe(0);
    await behindItsBack(`UPDATE "audit_event" SET "target" = 't' WHERE "seq" = ${second!.seq}`);
    expect(await sweep()).toMatchObject({ outcome: 'ok' });
    expect(await db().alert.count({ where: { kind: 'audit-broken', resolvedAt: null } })).toBe(0);
  });

  it('still holds when a person is forgotten, and nothing else may change', async () => {
    const all = await rows();
    const forgotten = all.filter(({ form }) => form === 2);
    expect(await inTransaction(db(), (tx) => pseudonymiseAudit(tx, 'ada', 'person-1'))).toBe(forgotten.length);
    expect(await verify()).toMatchObject({ intact: true });
    expect((await rows()).filter(({ actor }) => actor === 'ada')).toHaveLength(2);
    const { seq } = forgotten[0]!;
    await expect(db().$executeRawUnsafe(`UPDATE "audit_event" SET "actor" = 'x' WHERE "seq" = ${seq}`)).rejects.toThrow(/append-only/);
    await inTransaction(db(), (tx) => appendAudit(tx, { actor: 'bob', action: 'a.b', target: 't', organizationId: null, data: {} }));
    for (const change of [`"actor" = 'x'`, `"personalSalt" = NULL, "address" = NULL, "userAgent" = NULL, "target" = 'x'`])
      await expect(db().$executeRawUnsafe(`UPDATE "audit_event" SET ${change} WHERE "actorId" = 'bob'`)).rejects.toThrow(/append-only/);
  });

  it('finds its file wherever it is said to be, and begins anew where there is none', async () => {
    const { services } = plinth.runtime;
    const elsewhere = { ...services, config: { ...services.config, auditAnchors: join(services.config.dataDir, 'elsewhere.jsonl') } };
    expect(anchorFile(elsewhere)).toContain('elsewhere');
    const mails = () => db().mailDelivery.findMany({ where: { kind: 'audit-anchor' } });
    await auditSweep(elsewhere).run(new AbortController().signal);
    expect((await verifyTrail(elsewhere)).anchors).toBe(1);
    expect(await mails()).toEqual([]);
    await rm(anchorFile(elsewhere));
    expect((await verifyTrail(elsewhere)).anchors).toBe(0);
  });

  it('mails its head to whom it is told to, once, in words that a person can compare', async () => {
    const { services } = plinth.runtime;
    const mailing = { ...services, config: { ...services.config, auditMail: 'trail@example.com' } };
    for (let n = 0; n < 2; n += 1) await auditSweep(mailing).run(new AbortController().signal);
    expect(await mailSweep(services).run(new AbortController().signal)).toMatchObject({ result: { sent: 1 } });
    const { mails: sent } = (await call('GET', '/api/mailbox', plinth.adminToken)).body;
    const [last] = (await rows()).slice(-1);
    expect(sent).toMatchObject([{ to: ['trail@example.com'], subject: `Audit trail: entry ${last!.seq}` }]);
    const { mail } = (await call('GET', `/api/mailbox/${sent[0].id}`, plinth.adminToken)).body;
    expect(JSON.stringify(mail)).toContain(last!.hash);
  });
});
