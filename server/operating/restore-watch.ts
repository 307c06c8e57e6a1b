/**
 * Notices a database restored from the past, by two kinds of evidence. The providers' own tags and records, which no restore
 * takes away: see later-marks.ts, asked by every sweep, and here before a process destroys anything in a database that its
 * data directory does not know (a restore on a new machine, or one more worker). And the data directory's own: the audit
 * trail only grows and each row carries the hash of the one before, so this process keeps the newest row it saw; a database
 * in which that row is missing or another is not the one that went on from there. Until an operator says so, nothing may be
 * destroyed: what the old database calls an orphan or a terminated server may be a customer's.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { writePrivate } from '../../lib/private-files.ts';
import { timeNow } from '../kernel/clock.ts';
import { globalSwitches, holdDestructive } from '../kernel/kill-switches/kill-switches.ts';
import type { Services } from '../kernel/services.ts';
import { listAccounts, zonesInUse } from '../accounts/store.ts';
import { auditHashAt, newestAudit } from '../kernel/kill-switches/store.ts';
import { settingOnce } from '../kernel/settings.ts';
import { anyVps } from '../vps/store.ts';
import { holdForLaterMarks } from '../drift/later-marks.ts';
import { hasFailed, inParallel, readAccount } from '../drift/reading.ts';

const LOOK_MS = 20_000;
const FILE = 'high-water.json';
const ACCOUNTS_AT_ONCE = 8;
const Mark = z.object({ installation: z.string(), seq: z.string(), hash: z.string(), at: z.string() });
type Mark = z.infer<typeof Mark>;

/** Looks at its own mark, and marks what it has to compare, before it resolves: call it before any work is taken. */
export async function startRestoreWatch(services: Services): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  if (!(await knowsDatabase(services))) for (const { id } of await listAccounts(services.db)) services.uncompared.add(id);
  await lookForRestore(services);
  const looking = (async () => {
    for (;;) {
      await compareAccounts(services, stopping.signal).catch((error: unknown) =>
        services.log.warn({ err: error }, 'accounts could not be compared with the database; it is tried again'),
      );
      if (services.uncompared.size === 0) await lookForRestore(services).catch(failed(services));
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await lookForRestore(services).catch(failed(services));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}

const failed = (services: Services) => (error: unknown) => services.log.warn({ err: error }, 'the restore watch could not look');

/** False for a database with VPSes in which this data directory has seen nothing yet. */
async function knowsDatabase({ db, config }: Services): Promise<boolean> {
  const mark = await readMark(join(config.dataDir, FILE));
  return mark?.installation === (await installationOf(db)) || !(await anyVps(db));
}

/** Accounts that cannot be read stay in the set, and are tried again at the next look. */
async function compareAccounts(services: Services, signal: AbortSignal): Promise<void> {
  const accounts = (await listAccounts(services.db)).filter(({ id }) => services.uncompared.has(id));
  const gone = [...services.uncompared].filter((id) => !accounts.some((account) => account.id === id));
  for (const id of gone) services.uncompared.delete(id);
  await inParallel(accounts, ACCOUNTS_AT_ONCE, async (account) => {
    const reading = await readAccount(services, account, await zonesInUse(services.db, account.id), signal);
    if (hasFailed(reading))
      return services.log.warn({ account: account.name }, `nothing is destroyed there until it could be read: ${reading.failure}`);
    await holdForLaterMarks(services, reading);
    services.uncompared.delete(account.id);
  });
}

/** True when the database is the one that this data directory knows, or a person lifted the hold since. */
export async function lookForRestore(services: Services): Promise<boolean> {
  const { db, config } = services;
  const file = join(config.dataDir, FILE);
  const installation = await installationOf(db);
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
  // Before the comparison this database counts as unknown, also after a restart.
  if (services.uncompared.size === 0) await writeMark(file, installation, await newestAudit(db));
  return true;
}

async function installationOf(db: Services['db']): Promise<string> {
  return String(await settingOnce(db, 'installation', randomUUID()));
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
  const mark: Mark = { installation, seq: String(newest.seq), hash: newest.hash, at: timeNow().toISOString() };
  await writePrivate(file, `${JSON.stringify(mark)}\n`);
}
