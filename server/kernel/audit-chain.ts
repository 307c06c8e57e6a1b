/**
 * The chain of the audit trail, verified whole: every row by its hash and its predecessor, and against the anchors that were
 * written outside the database. A row that was altered, two that were swapped and one that is missing break the chain; one that
 * was hashed anew from the middle on, and a tail that was cut off, contradict an anchor.
 */
import { appendFile, chmod, readFile } from 'node:fs/promises';
import { auditHash, GENESIS, personalHash } from './audit.ts';
import { timeNow } from './clock.ts';
import type { AuditEvent, Db } from './database.ts';

/** The head of the chain at a moment. */
export interface Anchor {
  readonly at: string;
  readonly seq: string;
  readonly hash: string;
}

export interface ChainReport {
  readonly intact: boolean;
  readonly rows: number;
  readonly anchors: number;
  readonly head: Anchor | null;
  /** The first thing that is wrong. */
  readonly broken: { readonly seq: string; readonly reason: string } | null;
}

const BATCH = 2_000;

export async function verifyChain(db: Db, anchors: readonly Anchor[], signal?: AbortSignal): Promise<ChainReport> {
  const open = new Map(anchors.map((anchor) => [anchor.seq, anchor]));
  let previous = GENESIS;
  let last: AuditEvent | undefined;
  let rows = 0;
  const report = (broken: ChainReport['broken']): ChainReport => ({
    intact: broken === null,
    rows,
    anchors: anchors.length,
    head: last ? { at: timeNow().toISOString(), seq: String(last.seq), hash: last.hash } : null,
    broken,
  });
  for (;;) {
    signal?.throwIfAborted();
    const page = await rowsAfter(db, last?.seq ?? 0n);
    for (const row of page) {
      const seq = String(row.seq);
      const reason = faultOf(row, previous) ?? contradiction(row, open.get(seq));
      if (reason !== null) return report({ seq, reason });
      open.delete(seq);
      previous = row.hash;
      last = row;
      rows += 1;
    }
    if (page.length < BATCH) break;
  }
  const [missing] = [...open.values()].sort((a, b) => (BigInt(a.seq) < BigInt(b.seq) ? -1 : 1));
  if (missing)
    return report({ seq: missing.seq, reason: `The row that was the head at ${missing.at} is gone: the end of the trail was cut off.` });
  return report(null);
}

async function rowsAfter(db: Db, seq: bigint): Promise<AuditEvent[]> {
  return await db.auditEvent.findMany({ where: { seq: { gt: seq } }, orderBy: { seq: 'asc' }, take: BATCH });
}

/** What is wrong with a row behind the one of hash `previous`; null: nothing. */
export function faultOf(row: AuditEvent, previous: string): string | null {
  if (row.previousHash !== previous) return 'It does not follow the row before it: one was removed, added or moved.';
  if (row.form !== 1 && row.personalSalt !== null && row.personalHash !== personalHash(row))
    return 'Who it was, or from where, was altered.';
  return row.hash === auditHash(row) ? null : 'It was altered.';
}

function contradiction({ hash }: AuditEvent, anchor: Anchor | undefined): string | null {
  if (anchor === undefined || anchor.hash === hash) return null;
  return `At ${anchor.at} its hash was another: the trail was written anew up to here or beyond.`;
}

/** Recomputes the newest `limit` rows; false when a row or a link does not match. */
export async function newestIntact(db: Db, limit = 1000): Promise<boolean> {
  const rows = await db.auditEvent.findMany({ orderBy: { seq: 'desc' }, take: limit });
  return rows.every((row, index) => faultOf(row, rows[index + 1]?.hash ?? row.previousHash) === null);
}

/** Those in the file; none where there is no file yet. A line that was cut short by a crash is passed over. */
export async function readAnchors(path: string): Promise<Anchor[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    const anchor = parsed(line);
    return anchor ? [anchor] : [];
  });
}

function parsed(line: string): Anchor | null {
  try {
    const { at, seq, hash } = JSON.parse(line) as Partial<Anchor>;
    return typeof at === 'string' && typeof seq === 'string' && /^\d{1,18}$/.test(seq) && typeof hash === 'string'
      ? { at, seq, hash }
      : null;
  } catch {
    return null;
  }
}

/** Adds a line to the file, which only its owner reads. */
export async function appendAnchor(path: string, anchor: Anchor): Promise<void> {
  await appendFile(path, `${JSON.stringify(anchor)}\n`, { mode: 0o600, flush: true });
  await chmod(path, 0o600);
}
