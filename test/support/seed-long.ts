/** Rows whose every text is as long as it may be, with words that break nowhere: what a page must bear. */
import { randomUUID } from 'node:crypto';
import type { Runtime } from '../../server/runtime.ts';
import { appendAudit } from '../../server/kernel/audit.ts';
import { raiseAlert } from '../../server/kernel/kill-switches/store.ts';
import { inTransaction, type Json } from '../../server/kernel/database.ts';
import { insertOrganization } from '../../server/identity/organizations/store.ts';

const WORD = `https://api.provider.test/v2/${'very-long-path-without-a-break/'.repeat(7)}`;
const SENTENCE = `The provider refused the order of plan s-128vcpu-256gb in region fra1 for a reason that it tells at length: ${WORD}. `;
const MESSAGE = SENTENCE.repeat(3);
/** Longest of their kind. */
const LABEL = `long-${'abcdefghij'.repeat(5)}-00000`.slice(0, 63);

/** Failed operations, drift, strays, alerts, snapshots, an error and an organization, all at length; over the newest VPSes. */
export async function seedLong({ services }: Runtime): Promise<void> {
  const { db } = services;
  const vpses = await db.vps.findMany({ orderBy: { createdAt: 'desc' }, take: 12 });
  const at = new Date();
  const organization = await insertOrganization(db, `customer-${'n'.repeat(80)}`);
  for (const [n, vps] of vpses.entries()) {
    const change = {
      label: `${LABEL.slice(0, 60)}-${n}`.slice(0, 63),
      status: n % 2 === 0 ? 'error' : 'active',
      ipv6: '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
      externalReference: `order-${'7'.repeat(150)}-${n}`,
      notes: MESSAGE,
      instanceId: `instance-${'9'.repeat(40)}-${n}`,
      ...(n === 3
        ? { suspendReason: MESSAGE.slice(0, 500), suspendedAt: at, status: 'suspended', maintenanceReason: MESSAGE.slice(0, 500) }
        : {}),
    };
    await db.vps.update({ where: { id: vps.id }, data: change });
    const mine = { vpsId: vps.id, organizationId: vps.organizationId, actor: `somebody-${'z'.repeat(80)}`, request: {} };
    const fault = { kind: 'out_of_stock', message: MESSAGE, provider: 'digitalocean', retryable: false };
    const id = randomUUID();
    const operation = { id, kind: 'provision', status: n === 1 ? 'stalled' : 'failed', attempt: 5, startedAt: at, finishedAt: at, fault };
    await db.operation.create({ data: { ...mine, ...operation } });
    const log = { severity: 'error', message: MESSAGE, urn: null };
    await db.operationEvent.create({ data: { operationId: id, seq: 1, type: 'diagnostic', data: log, at } });
    const snapshot = {
      name: SENTENCE.slice(0, 64),
      note: MESSAGE.slice(0, 200),
      status: 'available',
      providerName: `snap-${n}`,
      image: 'x',
    };
    await db.snapshot.create({
      data: { id: randomUUID(), vpsId: vps.id, ...snapshot, sizeGb: 12345.6, monthlyCost: '1234.50', currency: 'USD' },
    });
    const difference = { object: 'instance', name: WORD.slice(0, 60), field: 'firewall', recorded: WORD, actual: WORD, text: MESSAGE };
    const found = { kind: 'changed', state: 'confirmed', fingerprint: String(n), differences: [difference], message: MESSAGE };
    await db.drift.create({
      data: { id: randomUUID(), vpsId: vps.id, accountId: vps.accountId, ...found, firstSeenAt: at, lastSeenAt: at },
    });
    const stray = { kind: 'orphan', objectId: WORD.slice(0, 90), reason: 'unknown_vps', label: LABEL, detail: {}, seenCount: 3 };
    const cost = { monthlyCost: '1234.50', currency: 'USD', firstSeenAt: at, lastSeenAt: at };
    await db.inventoryItem.create({
      data: { id: randomUUID(), accountId: vps.accountId, ...stray, objectId: `${n}-${stray.objectId}`, ...cost },
    });
    await raiseAlert(db, { kind: 'servers-missing', target: vps.id, message: MESSAGE, data: {} });
    await inTransaction(db, (tx) =>
      appendAudit(tx, {
        actor: mine.actor,
        action: 'vps.termination-scheduled',
        target: vps.id,
        organizationId: organization.id,
        data: { reason: MESSAGE, address: WORD, fields: [WORD] } as Record<string, Json>,
      }),
    );
  }
}
