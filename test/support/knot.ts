/** A real Knot DNS for the tests, which takes signed updates over TCP. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPackages } from './packages.ts';
import { freePort } from './free-port.ts';

const LIBRARIES = ['libknot13', 'libdnssec9', 'libzscanner4', 'libxdp1', 'libbpf1', 'libcap-ng0', 'liblmdb0', 'liburcu8', 'libedit2', 'libbsd0', 'libfstrm0', 'libprotobuf-c1']; // prettier-ignore

export const findKnot = () => findPackages({ name: 'knot', packages: ['knot', ...LIBRARIES], program: 'knotd', file: 'usr/sbin/knotd' });

export interface KnotKey {
  readonly name: string;
  readonly algorithm: string;
  /** Base64. */
  readonly secret: string;
  /** What the key may do, for example `update`. */
  readonly actions: readonly string[];
}

export interface Knot {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the zones on loopback until closed. `records` are lines of a zone file, beside its SOA and NS. */
export async function startKnot(root: string, keys: readonly KnotKey[], zones: Readonly<Record<string, readonly string[]>>): Promise<Knot> {
  const directory = await mkdtemp(join(tmpdir(), 'plinth-knot-data-'));
  const port = await freePort();
  for (const [zone, records] of Object.entries(zones)) {
    const lines = [
      `$ORIGIN ${zone}.`,
      '$TTL 3600',
      '@ SOA ns1 hostmaster 1 7200 900 1209600 300',
      '@ NS ns1',
      'ns1 A 192.0.2.53',
      ...records,
    ];
    await writeFile(join(directory, `${zone}.zone`), `${lines.join('\n')}\n`);
  }
  const named = (key: KnotKey): string => `  - id: ${key.name}\n    algorithm: ${key.algorithm}\n    secret: ${key.secret}`;
  const allowed = ({ name, actions }: KnotKey): string => `  - id: of-${name}\n    key: ${name}\n    action: [${actions.join(', ')}]`;
  const acls = `[${keys.map(({ name }) => `of-${name}`).join(', ')}]`;
  const held = (zone: string): string => `  - domain: ${zone}\n    file: "${zone}.zone"\n    acl: ${acls}`;
  const configuration = [
    `server:\n  listen: 127.0.0.1@${port}\n  rundir: "${directory}"\n  tcp-workers: 1\n  udp-workers: 1\n  background-workers: 1`,
    `database:\n  storage: "${directory}"`,
    'log:\n  - target: stderr\n    any: info',
    `key:\n${keys.map(named).join('\n')}`,
    `acl:\n${keys.map(allowed).join('\n')}`,
    `template:\n  - id: default\n    storage: "${directory}"`,
    `zone:\n${Object.keys(zones).map(held).join('\n')}`,
  ];
  const file = join(directory, 'knot.conf');
  await writeFile(file, `${configuration.join('\n')}\n`);
  const libraries = ['usr/lib', 'lib'].map((path) => join(root, path, 'x86_64-linux-gnu')).join(':');
  const server = spawn(join(root, 'usr', 'sbin', 'knotd'), ['-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], ...(root === '/' ? {} : { LD_LIBRARY_PATH: libraries }) },
  });
  const said: string[] = [];
  server.stderr.on('data', (data: Buffer) => said.push(data.toString()));
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  for (let tries = 0; !((await answers(port)) && said.join('').includes('server started')); tries++) {
    if (tries > 100 || server.exitCode !== null) throw new Error(`Knot did not start: ${said.join('').slice(-500)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    async close() {
      server.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
