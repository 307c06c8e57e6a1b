/** Finds processes that tests left behind, by a mark in their environment (Linux; elsewhere nothing is found). */
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** The environment variable that every process of a test run inherits. */
export const MARK = 'PLINTH_TEST_RUN';

export interface LeakedProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Living processes whose environment holds `mark`, without this one and its test workers; they get `withinMs` to end.
 * A process that was given a clean environment is not seen.
 */
export async function leakedProcesses(mark: string, options: { withinMs?: number } = {}): Promise<LeakedProcess[]> {
  const deadline = performance.now() + (options.withinMs ?? 0);
  for (;;) {
    const found = await scan(mark);
    if (found.length === 0 || performance.now() > deadline) return found;
    await delay(50);
  }
}

/** Ends what a run left, so that a failed run does not burden the next. */
export function killLeaked(processes: readonly LeakedProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

async function scan(mark: string): Promise<LeakedProcess[]> {
  const entries = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry): Promise<LeakedProcess | undefined> => {
      const pid = Number(entry);
      if (!(pid > 0) || pid === process.pid || pid === process.ppid) return undefined;
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (!environment.split('\0').includes(`${MARK}=${mark}`)) return undefined;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
      const isWorker = command === '' || command.includes('vitest') || command.includes('esbuild');
      return isWorker ? undefined : { pid, command };
    }),
  );
  return found.filter((each) => each !== undefined);
}
