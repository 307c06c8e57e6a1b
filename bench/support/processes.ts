/** What processes cost, read from /proc (Linux only). */
import { readdir, readFile } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  /** Seconds of its own. */
  readonly own: number;
  /** Seconds of its children that ended and were waited for, and of theirs. */
  readonly ended: number;
}

async function readStat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The command name is in parentheses and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const seconds = (first: number): number => (Number(fields[first]) + Number(fields[first + 1])) / TICKS_PER_SECOND;
  return { parent: Number(fields[1]), own: seconds(11), ended: seconds(13) };
}

async function allStats(): Promise<Map<number, Stat>> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const stats = await Promise.all(pids.map(async (pid) => [pid, await readStat(pid)] as const));
  return new Map(stats.filter((entry): entry is [number, Stat] => entry[1] !== undefined));
}

/** The process and everything below it, without the trees of `without`. */
export async function processTree(root: number, without: readonly number[] = []): Promise<number[]> {
  const stats = await allStats();
  const tree = [root];
  for (const pid of tree) {
    for (const [child, { parent }] of stats) if (parent === pid && !without.includes(child)) tree.push(child);
  }
  return tree;
}

/** CPU seconds that a process tree ever used, living and ended ones. Only grows, so two readings can be subtracted. */
export async function treeCpuSeconds(root: number, without: readonly number[] = []): Promise<number> {
  const stats = await Promise.all((await processTree(root, without)).map(readStat));
  return stats.reduce((sum, stat) => sum + (stat ? stat.own + stat.ended : 0), 0);
}

/** Of a process's children and what is below them: seconds of those that ended and were waited for, and of those that live. */
export async function childrenCpuSeconds(root: number, without: readonly number[] = []): Promise<{ ended: number; living: number }> {
  const [self, ...below] = await Promise.all((await processTree(root, without)).map(readStat));
  return { ended: self?.ended ?? 0, living: below.reduce((sum, stat) => sum + (stat ? stat.own + stat.ended : 0), 0) };
}

export interface Memory {
  /** Megabytes resident, pages shared with others counted whole. */
  readonly rssMb: number;
  /** Megabytes resident, shared pages divided among those who share them: adds up over processes. */
  readonly pssMb: number;
}

export async function memoryOf(pids: readonly number[]): Promise<Memory> {
  let rss = 0;
  let pss = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    rss += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    pss += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return { rssMb: Math.round(rss / 102.4) / 10, pssMb: Math.round(pss / 102.4) / 10 };
}
