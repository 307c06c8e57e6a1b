/**
 * Stops taking work before the disk of the data directory is full: PostgreSQL aborts when it cannot write its log, and what an
 * operation under way bought must still be written down. A reserve lies there as a file and is given back to the database
 * when nearly nothing is left. All goes on by itself when there is room again.
 */
import { statfsSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Refusal } from './problem.ts';

const MB = 1024 * 1024;
/** Below this nothing new is taken; operations under way have it to end in. */
const LOW_BYTES = 64 * MB;
/** Below this the reserve is given up. */
const LAST_BYTES = 16 * MB;
const RESERVE_BYTES = 32 * MB;
const LOOK_MS = 1_000;

export interface DiskWatch {
  /** Why nothing new is written now, or null. */
  refusal(): Refusal | null;
  stop(): void;
}

/** Looks every second; `withReserve` where a database lives there. Nothing is watched, and nothing refused, where the file system cannot tell how much is left. */
export async function watchDisk(
  dataDir: string,
  { withReserve, log }: { readonly withReserve: boolean; readonly log: Pick<Logger, 'error' | 'warn' | 'info'> },
): Promise<DiskWatch> {
  const reserve = join(dataDir, 'reserve');
  let refusal: Refusal | null = null;
  let busy = false;
  const look = async (): Promise<void> => {
    const free = freeBytes(dataDir);
    if (free === null) return;
    const reserved = await stat(reserve).then(
      ({ size }) => size,
      () => 0,
    );
    if (reserved > 0 && free < LAST_BYTES) await rm(reserve, { force: true });
    else if (withReserve && reserved === 0 && free > LOW_BYTES + 2 * RESERVE_BYTES) await lay(reserve);
    const isFull = free < LOW_BYTES;
    if (isFull !== (refusal !== null)) {
      refusal = isFull ? diskFull(dataDir) : null;
      if (isFull)
        log.error({ dataDir, freeMb: Math.floor(free / MB) }, 'the disk is nearly full: nothing new is taken until there is room');
      else log.info({ dataDir }, 'the disk has room again');
    }
  };
  await look();
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    look()
      .catch((error: unknown) => log.warn({ err: error }, 'the disk could not be looked at'))
      .finally(() => (busy = false));
  }, LOOK_MS).unref();
  return { refusal: () => refusal, stop: () => clearInterval(timer) };
}

function diskFull(dataDir: string): Refusal {
  const detail = `The disk of ${dataDir} is nearly full, so nothing new is taken; what is under way goes on. Make room there: at least ${LOW_BYTES / MB} MB.`;
  return new Refusal(503, 'disk_full', detail, [], { 'retry-after': '30' });
}

function freeBytes(directory: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Written, not only sized: a hole reserves nothing. */
async function lay(path: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    const block = Buffer.alloc(MB, 1);
    for (let written = 0; written < RESERVE_BYTES; written += MB) await file.write(block);
  } catch {
    await rm(path, { force: true });
  } finally {
    await file.close();
  }
}
