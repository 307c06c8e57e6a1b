/**
 * Memory of the whole service with PostgreSQL and simulator: idle after the start, and while VPSes wait for a cloud that
 * does not finish. RSS counts shared pages in every process; PSS divides them, so it adds up. "Per operation" is what
 * the waiting ones added, divided by them, engine processes and runners included. Prints one JSON line, in megabytes.
 *
 *   node bench/memory.ts [operations]
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { progress, round } from './support/figures.ts';
import { memoryOf, processTree, type Memory } from './support/processes.ts';
import { order, startService, type BenchService } from './support/service.ts';

interface Snapshot {
  readonly processes: number;
  readonly own: Memory;
  readonly engines: Memory;
  readonly runners: Memory;
  readonly postgres: Memory;
  readonly total: Memory;
}

async function snapshot(): Promise<Snapshot> {
  const pids = await processTree(process.pid);
  const groups: Record<'engines' | 'runners' | 'postgres', number[]> = { engines: [], runners: [], postgres: [] };
  for (const pid of pids.filter((each) => each !== process.pid)) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    if (command.includes('automation/runner.ts')) groups.runners.push(pid);
    else if (/postgres/.test(command)) groups.postgres.push(pid);
    else groups.engines.push(pid);
  }
  const each = {
    own: await memoryOf([process.pid]),
    engines: await memoryOf(groups.engines),
    runners: await memoryOf(groups.runners),
    postgres: await memoryOf(groups.postgres),
  };
  const sum = (pick: keyof Memory): number => round(Object.values(each).reduce((total, memory) => total + memory[pick], 0));
  return { processes: pids.length, ...each, total: { rssMb: sum('rssMb'), pssMb: sum('pssMb') } };
}

/** All operations are at the point where only the cloud can go on. */
async function allWait(service: BenchService, operationIds: readonly string[]): Promise<void> {
  const waiting = new Set<string>();
  while (waiting.size < operationIds.length) {
    for (const id of operationIds.filter((each) => !waiting.has(each))) {
      const text = JSON.stringify(await service.call('GET', `/api/operations/${id}/events`));
      if (/"progress"/.test(text)) waiting.add(id);
    }
    progress(`${waiting.size} of ${operationIds.length} wait for the cloud`);
    await delay(500);
  }
}

const count = Number(process.argv[2] ?? 10);
// Twenty times slower than the real ones: nothing ends while it is measured.
const service = await startService({
  SIMULATOR_SPEED: '0.05',
  PLINTH_OPERATIONS: String(count),
  PLINTH_ACCOUNT_CONCURRENCY: String(count),
  PLINTH_DRAIN_SECONDS: '1',
});
try {
  await delay(3_000);
  const idle = await snapshot();
  const body = [...(await service.orders()).values()][0];
  if (!body) throw new Error('the simulator offers no plan');
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await order(service, { ...body, label: `bench-${index}` })).operationId);
  await allWait(service, ids);
  await delay(2_000);
  const busy = await snapshot();
  const added = (pick: 'rssMb' | 'pssMb'): number => round((busy.total[pick] - idle.total[pick]) / count);
  console.log(
    JSON.stringify({
      bench: 'memory',
      operations: count,
      pss_mb_per_operation: added('pssMb'),
      rss_mb_per_operation: added('rssMb'),
      idle,
      busy,
    }),
  );
} finally {
  await service.stop();
}
