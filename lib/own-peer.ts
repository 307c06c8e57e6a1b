/**
 * Whether the other end of a loopback connection belongs to a process of this user. The engine reaches its parts by port
 * numbers alone (`PULUMI_DEBUG_PROVIDERS`, `--client`, `--event-log`) and presents nothing there, so a port cannot ask for
 * a secret; but the kernel knows whose socket connects, and nobody can choose that.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { isIPv4, type Socket } from 'node:net';
import { endianness } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { plainAddress } from './addresses.ts';

/** The only state in which the table's owner is the real one: a socket that its process has closed is shown as root's. */
const ESTABLISHED = '01';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** False for connections that do not come from this machine, and where the owner cannot be told. @param uid whose, by default this process's */
export async function isOwnPeer(socket: Socket, uid = process.geteuid?.()): Promise<boolean> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (uid === undefined || !remoteAddress || !remotePort || !localAddress || !localPort) return false;
  if (!isLoopback(remoteAddress)) return false;
  const ends = { from: { address: remoteAddress, port: remotePort }, to: { address: localAddress, port: localPort } };
  return process.platform === 'linux' ? ownerInTables(ends, uid) : ownerByLsof(ends, uid);
}

interface End {
  readonly address: string;
  readonly port: number;
}

interface Ends {
  /** Theirs. */
  readonly from: End;
  /** Ours. */
  readonly to: End;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || plainAddress(address).startsWith('127.');
}

/** The kernel hands the tables over in pieces while sockets come and go, so a line that was there may be missing once. */
const LOOKS = 5;
const BETWEEN_MS = 10;

async function ownerInTables(ends: Ends, uid: number): Promise<boolean> {
  for (let look = 1; ; look++) {
    const owner = await ownerOf(ends);
    if (owner !== null || look === LOOKS) return owner === uid;
    await delay(BETWEEN_MS);
  }
}

/** proc(5): `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid …`, addresses as words in the machine's order. */
async function ownerOf({ from, to }: Ends): Promise<number | null> {
  const [locals, remotes] = [inTable(from), inTable(to)];
  for (const table of TABLES) {
    const text = await readFile(table, 'latin1').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      if (!locals.some((local) => line.includes(local))) continue;
      const [, local, remote, state, , , , owner] = line.trim().split(/\s+/);
      if (state !== ESTABLISHED || local === undefined || remote === undefined) continue;
      if (locals.includes(local) && remotes.includes(remote)) return Number(owner);
    }
  }
  return null;
}

/** As the tables write it: an IPv4 address stands in the second one too, mapped, when its socket is one for both. */
function inTable({ address, port }: End): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const v4 = plainAddress(address);
  if (!isIPv4(v4)) return [`${'0'.repeat(24)}${word([0, 0, 0, 1])}${suffix}`];
  const last = word(v4.split('.').map(Number));
  return [last + suffix, `${'0'.repeat(16)}${word([0, 0, 255, 255])}${last}${suffix}`];
}

function word(bytes: readonly number[]): string {
  return Buffer.from(endianness() === 'LE' ? bytes.toReversed() : bytes)
    .toString('hex')
    .toUpperCase();
}

/** Where there are no such tables (macOS). Lists this user's own connections only. */
export async function ownerByLsof({ from, to }: Ends, uid: number): Promise<boolean> {
  const args = ['-nP', '-a', '-u', String(uid), `-iTCP:${from.port}`, '-sTCP:ESTABLISHED', '-Fn'];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const listed = await promisify(execFile)('lsof', args, { env, timeout: 10_000 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  return listed.split('\n').includes(`n${written(from)}->${written(to)}`);
}

function written({ address, port }: End): string {
  const v4 = plainAddress(address);
  return isIPv4(v4) ? `${v4}:${port}` : `[${address}]:${port}`;
}
