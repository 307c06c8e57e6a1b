/** A real PowerDNS for the tests: the one on the path, else Debian's packages unpacked below the temporary directory. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findPackages } from './packages.ts';
import { freePort } from './free-port.ts';

const PACKAGES = ['pdns-server', 'pdns-backend-sqlite3', 'libluajit-5.1-2', 'libluajit-5.1-common'];
const SCHEMA = 'usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';

export interface RealServer {
  readonly url: string;
  readonly apiKey: string;
  /** Where it answers questions: `address:port`. */
  readonly dns: string;
  close(): Promise<void>;
}

/** The packages' files, or why there are none. */
export const findPowerDns = () => findPackages({ name: 'powerdns', packages: PACKAGES, program: 'pdns_server', file: SCHEMA });

/** Serves on loopback until closed, with an empty database of its own. */
export async function startPowerDns(root: string): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), 'plinth-powerdns-data-'));
  const file = join(directory, 'pdns.sqlite3');
  const database = new DatabaseSync(file);
  database.exec(await readFile(join(root, SCHEMA), 'utf8'));
  database.close();
  const [web, dns] = [await freePort(), await freePort()];
  const apiKey = 'plinth-test-key';
  const libraries = join(root, 'usr', 'lib', 'x86_64-linux-gnu');
  const settings: Readonly<Record<string, string>> = {
    'config-dir': directory,
    'socket-dir': directory,
    'module-dir': join(libraries, 'pdns'),
    launch: 'gsqlite3',
    'gsqlite3-database': file,
    'local-address': '127.0.0.1',
    'local-port': String(dns),
    api: 'yes',
    'api-key': apiKey,
    webserver: 'yes',
    'webserver-address': '127.0.0.1',
    'webserver-port': String(web),
    daemon: 'no',
    guardian: 'no',
    'zone-cache-refresh-interval': '0',
  };
  const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const server = spawn(join(root, 'usr', 'sbin', 'pdns_server'), flags, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: libraries },
  });
  const said: string[] = [];
  server.stderr.on('data', (data: Buffer) => said.push(data.toString()));
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${web}`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${url}/api/v1/servers/localhost`, { headers: { 'x-api-key': apiKey } }).catch(() => undefined);
    if (answer?.ok) break;
    if (tries > 100 || server.exitCode !== null) throw new Error(`PowerDNS did not start: ${said.join('').slice(-500)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    apiKey,
    dns: `127.0.0.1:${dns}`,
    async close() {
      server.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
