/**
 * Another user of the machine finds every port of a running service. None of them serves anything without a secret, or, where
 * the engine presents none, without being the same user.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { until } from './support/until.ts';

const NOBODY = 65_534;
const canBeAnother = process.platform === 'linux' && process.geteuid!() === 0;
/** HTTP/2's preface and an empty SETTINGS frame, to which a gRPC server answers with its own SETTINGS. */
const HTTP2 = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]);
const get = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
const TRIES: Readonly<Record<string, Buffer>> = {
  grpc: HTTP2,
  'control of the simulator': get('/_simulator/instances'),
  'faults of the simulator': get('/_simulator/faults'),
  'a simulated cloud': get('/digitalocean/v2/droplets'),
  'the API': get('/api/vps'),
  'the state': get('/api/user/stacks'),
};
/** What a service may say to a stranger: who are you, you may not, there is no such thing. */
const REFUSES = /^HTTP\/1\.1 (401|403|404|400) /;

const database = withDatabase();
let plinth: Plinth;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  // Opens the hosts, the event servers and the runners; all of them stay.
  const created = await plinth.cli(['vps', 'create', 'ports', ...(await someServer(plinth)), '--wait']);
  expect(created.code, created.err).toBe(0);
}, 180_000);
afterAll(() => plinth?.stop());

/** Ports on which this process or one that it started listens. */
function listening(): number[] {
  const inodes = new Set(family().flatMap((pid) => socketsOf(pid)));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'latin1')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode))
      .map(([, local]) => Number.parseInt(local!.split(':')[1]!, 16)),
  );
}

function family(): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const found = [process.pid];
  for (const pid of found) found.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child));
  return found;
}

function socketsOf(pid: number): (string | undefined)[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

const KNOCK = `const [port, hex] = process.argv.slice(1);
const socket = require('node:net').connect(Number(port), '127.0.0.1', () => socket.write(Buffer.from(hex, 'hex')));
const end = () => process.exit(0);
socket.on('data', (data) => process.stdout.write(data)).on('error', end).on('close', end);
setTimeout(end, 3000);`;

/** What the port answers to that, asked by a process of the user. */
async function knock(port: number, bytes: Buffer, uid: number): Promise<Buffer> {
  const args = ['-e', KNOCK, String(port), bytes.toString('hex')];
  const child = spawn(process.execPath, args, { uid, gid: uid, cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const speaksGrpc = (answer: Buffer): boolean => answer.length >= 9 && answer[3] === 4 && !answer.toString('latin1').startsWith('HTTP/1.');

test.runIf(canBeAnother)('no port serves another user of the machine', { timeout: 180_000 }, async () => {
  const ports = await until(() => (listening().length > 5 ? listening() : undefined), { what: 'the ports of a service' });
  let open = 0;
  let tries = 0;
  for (const port of ports) {
    const [ours, ...answers] = await Promise.all([
      knock(port, HTTP2, process.geteuid!()),
      ...Object.values(TRIES).map((bytes) => knock(port, bytes, NOBODY)),
    ]);
    open += speaksGrpc(ours) ? 1 : 0;
    for (const [i, name] of Object.keys(TRIES).entries()) {
      const answer = answers[i]!;
      tries += 1;
      expect(speaksGrpc(answer), `port ${port} speaks gRPC to another user`).toBe(false);
      const text = answer.toString('latin1');
      expect(text === '' || REFUSES.test(text), `port ${port}, ${name}: ${text.slice(0, 200)}`).toBe(true);
    }
  }
  // The same knock by ourselves is answered: the refusals above are refusals, and not the knock's fault.
  expect(open).toBeGreaterThan(3);
  console.log(`${ports.length} ports, ${open} of them gRPC, ${tries} tries by another user: none served`);
});
