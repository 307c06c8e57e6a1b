/**
 * Notices a database restored from the past. The audit trail only grows and each row carries the hash of the one before,
 * so this process keeps, in its data directory, the newest row it saw: a database in which that row is missing or another
 * is not the one that went on from there. Until an operator says so, nothing may be destroyed: what the old database
 * calls an orphan or a terminated server may be a customer's.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { globalSwitches, holdDestructive } from '../services/automation.ts';
import type { Services } from '../services/services.ts';
import { auditHashAt, newestAudit } from '../store/automation.ts';
import { settingOnce } from '../store/settings.ts';

const LOOK_MS = 20_000;
const Mark = z.object({ installation: z.string(), seq: z.string(), hash: z.string(), at: z.string() });
type Mark = z.infer<typeof Mark>;

/** Looks once before it resolves: call it before any work is taken. */
export async function startRestoreWatch(services: Services): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  await lookForRestore(services);
  const looking = (async () => {
    for (;;) {
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await lookForRestore(services).catch((error: unknown) => services.log.warn({ err: error }, 'the restore watch could not look'));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}

/** True when the database is the one that this data directory knows, or a person lifted the hold since. */
export async function lookForRestore(services: Services): Promise<boolean> {
  const { db, config } = services;
  const file = join(config.dataDir, 'high-water.json');
  const installation = String(await settingOnce(db, 'installation', randomUUID()));
  const mark = await readMark(file);
  // Another installation's mark (or none) says nothing about this database.
  if (mark && mark.installation === installation && (await auditHashAt(db, BigInt(mark.seq))) !== mark.hash) {
    const { holdLiftedAt } = await globalSwitches(db);
    if (holdLiftedAt === null || holdLiftedAt < mark.at) {
      await holdDestructive(
        services,
        `The database lacks what this Plinth recorded until ${mark.at} (audit row ${mark.seq}): it looks restored from the past. Compare the inventory with your records, then lift the hold.`,
      );
      return false;
    }
  }
  await writeMark(file, installation, await newestAudit(db));
  return true;
}

async function readMark(file: string): Promise<Mark | null> {
  try {
    const parsed = Mark.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not there yet, or cut short by a crash: the next look writes a new one.
    return null;
  }
}

async function writeMark(file: string, installation: string, newest: { seq: bigint; hash: string } | null): Promise<void> {
  if (!newest) return;
  const mark: Mark = { installation, seq: String(newest.seq), hash: newest.hash, at: new Date().toISOString() };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(mark)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
