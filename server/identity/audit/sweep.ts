/** Once a day the whole chain is verified and its head written to a file and mailed: whoever changes the past must change those too. */
import { join } from 'node:path';
import { type Anchor, appendAnchor, type ChainReport, readAnchors, verifyChain } from '../../kernel/audit-chain.ts';
import { inTransaction } from '../../kernel/database.ts';
import { raiseAlert, resolveAlert } from '../../kernel/kill-switches/store.ts';
import type { SweepDefinition, SweepReport } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';

const DAY_MS = 86_400_000;
const ALERT = 'audit-broken';

/** Where the anchors are: PLINTH_AUDIT_ANCHORS, best on another disk or machine; else in the data directory. */
export function anchorFile({ config }: Pick<Services, 'config'>): string {
  return config.auditAnchors ?? join(config.dataDir, 'audit-anchors.jsonl');
}

export async function verifyTrail(services: Services, signal?: AbortSignal): Promise<ChainReport> {
  return await verifyChain(services.db, await readAnchors(anchorFile(services)), signal);
}

export function auditSweep(services: Services): SweepDefinition {
  return { name: 'audit', everyMs: DAY_MS, always: true, run: (signal) => run(services, signal) };
}

async function run(services: Services, signal: AbortSignal): Promise<SweepReport> {
  const path = anchorFile(services);
  const report = await verifyTrail(services, signal);
  const { broken, rows, head } = report;
  const result = JSON.parse(JSON.stringify(report));
  if (broken) {
    const message = `The audit trail is broken at entry ${broken.seq}. ${broken.reason}`;
    services.log.error({ seq: broken.seq }, message);
    await inTransaction(services.db, (tx) => raiseAlert(tx, { kind: ALERT, target: 'plinth', message, data: { seq: broken.seq } }));
    return { outcome: 'partial', message, result };
  }
  await resolveAlert(services.db, ALERT, 'plinth');
  if (head) await appendAnchor(path, head);
  const mailed = head !== null && (await mailAnchor(services, head, rows));
  const where = mailed ? `${path} and mailed` : path;
  return { outcome: 'ok', message: `${rows} entries are intact; the head is written to ${where}.`, result };
}

/** To PLINTH_AUDIT_MAIL, where there is one. A head that did not move since is not sent again. */
async function mailAnchor(services: Services, { seq, hash }: Anchor, rows: number): Promise<boolean> {
  const { auditMail } = services.config;
  if (auditMail === undefined) return false;
  await inTransaction(services.db, (tx) =>
    services.mail(tx, {
      kind: 'audit-anchor',
      to: { address: auditMail, name: null },
      locale: 'en',
      userId: null,
      organizationId: null,
      causeKey: `audit-anchor:${seq}:${hash}`,
      data: { seq: String(seq), hash, rows: String(rows) },
    }),
  );
  return true;
}
