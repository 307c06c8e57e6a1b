/**
 * Proof that a process which once worked on a stack is gone, which must come before its lock is
 * taken away: a lock without a live owner is stale, a lock with one is not.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineProcess } from './types.ts';

let host: string | undefined;

/**
 * Names the place where this process's ids mean something: the host, its boot and the process-id namespace. Two machines
 * or containers with one host name must not take each other's living processes for dead ones.
 */
export function thisHost(): string {
  host ??= [hostname(), bootId(), namespaceId()].filter((part) => part !== '').join('/');
  return host;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return '';
  }
}

function namespaceId(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
  } catch {
    return '';
  }
}

/** Kernel start time (field 22 of /proc/<pid>/stat), or null when there is no such process or no /proc. */
export function readStartTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may hold anything; fields are counted after the last one.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export type ProcessFate =
  | 'gone'
  | 'alive'
  /** It ran on another host: nothing can be proven here; the lease must decide. */
  | 'other_host';

/** Whether this very process still lives; a reused process id does not count as alive. */
export function processFate(engine: EngineProcess): ProcessFate {
  if (engine.host !== thisHost()) return 'other_host';
  if (!groupLives(engine.pid)) return 'gone';
  const now = readStartTime(engine.pid);
  if (engine.startTime !== null && now !== null && now !== engine.startTime) return 'gone';
  return 'alive';
}

/** Whether a process (not its group) is proven dead: it ran in this place and is gone, or its id belongs to another now. */
export function isProvenDead(process: EngineProcess): boolean {
  if (process.host !== thisHost() || process.startTime === null) return false;
  return readStartTime(process.pid) !== process.startTime || isZombie(process.pid);
}

/**
 * Kills the process group and waits until it is gone.
 * @param timeoutMs how long to wait for the kernel; a process in an uninterruptible call may take longer
 */
export async function ensureGone(engine: EngineProcess, timeoutMs = 10_000): Promise<ProcessFate> {
  const deadline = Date.now() + timeoutMs;
  let fate = processFate(engine);
  if (fate !== 'alive') return fate;
  try {
    process.kill(-engine.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  while ((fate = processFate(engine)) === 'alive' && Date.now() < deadline) await sleep(20);
  return fate;
}
