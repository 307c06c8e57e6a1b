/**
 * A person at a terminal: the plain command line in a project of its own, logged in to a state service,
 * with a small cloud (`test:index/server:Server`) whose creates can be made to hang.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { openProviderHost, type ProviderHost } from '../../automation/provider-host/host.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Properties, ResourceDefinition } from '../../providers/resource.ts';
import { testEngine } from './engine.ts';
import { until } from './until.ts';

export interface Cloud {
  readonly host: ProviderHost;
  /** Servers by id; a server is found again by its name. */
  readonly servers: Map<string, Properties>;
  /** Creates sent so far, found ones not counted. */
  creates: number;
  /** Next creates hang after the server exists, until `release()`. */
  hang(): void;
  release(): void;
  /** Resolves when a create hangs. */
  hanging(): Promise<void>;
}

const cannot = { can: false, reason: 'A test cloud.' } as const;

export async function openCloud(): Promise<Cloud> {
  const servers = new Map<string, Properties>();
  let gate: Promise<void> | null = null;
  let open: () => void = () => undefined;
  let waiting = 0;
  let nextId = 1;
  const server: ResourceDefinition = {
    token: 'test:index/server:Server',
    inputs: {
      name: { type: 'string', required: true, replace: true },
      size: { type: 'string', default: 'small' },
      password: { type: 'string', secret: true },
    },
    outputs: { address: { type: 'string' } },
    timeoutsMs: { create: 60_000, update: 60_000, delete: 60_000 },
    async create(_ctx, inputs) {
      const found = [...servers].find(([, properties]) => properties['name'] === inputs['name']);
      if (found) return { id: found[0], outputs: found[1] };
      cloud.creates += 1;
      const id = String(nextId++);
      const outputs = { ...inputs, address: `192.0.2.${id}` };
      servers.set(id, outputs);
      if (gate) {
        waiting += 1;
        await gate;
        waiting -= 1;
      }
      return { id, outputs };
    },
    async read(_ctx, id, state) {
      const found = servers.get(id);
      if (!found) return null;
      const { address: _address, ...inputs } = found;
      return { id, inputs: state ? { ...state.inputs, size: found['size']! } : inputs, outputs: found };
    },
    async update(_ctx, id, { inputs }) {
      const outputs = { ...servers.get(id), ...inputs };
      servers.set(id, outputs);
      return outputs;
    },
    async delete(_ctx, id) {
      servers.delete(id);
    },
  };
  const capability = new Proxy({}, { get: () => cannot }) as Provider['descriptor']['capabilities'];
  const provider: Provider = {
    descriptor: {
      id: 'test',
      name: 'Test cloud',
      roles: ['compute'],
      pulumiPackage: 'test',
      pulumiPackageVersion: '1.0.0',
      apiBaseUrl: 'http://127.0.0.1',
      simulatorPath: '/test',
      credential: z.object({}),
      credentialFields: [],
      options: z.object({}),
      capabilities: capability,
      limits: { userDataBytes: 1, labelMaxLength: 63, labelPattern: /./ },
      rate: { requests: 1_000, perMs: 1_000 },
      password: { length: 20, minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 0, overrideSpecial: '', minLength: 8, maxLength: 64 },
      docsUrl: '',
    },
    resources: [server],
    functions: [],
    connect: () => null,
  };
  const host = await openProviderHost({ provider, connection: null, log: () => undefined });
  const cloud: Cloud = {
    host,
    servers,
    creates: 0,
    hang() {
      gate = new Promise((done) => {
        open = done;
      });
    },
    release() {
      gate = null;
      open();
    },
    hanging: () => until(() => waiting > 0, { timeoutMs: 30_000, what: 'a create to hang' }).then(() => undefined),
  };
  return cloud;
}

const PROGRAM = `'use strict';
const pulumi = require('@pulumi/pulumi');
class Server extends pulumi.CustomResource {
  constructor(name, args, options) { super('test:index/server:Server', name, { address: undefined, ...args }, options); }
}
class Vps extends pulumi.ComponentResource {
  constructor(name, args) {
    super('test:index:Vps', name);
    this.server = new Server('server', args, { parent: this });
    this.registerOutputs({});
  }
}
const config = new pulumi.Config('plinth');
const vps = new Vps('vps', { name: pulumi.getStack(), size: config.get('size') ?? 'small', password: config.getSecret('password') });
if (config.getBoolean('fail')) throw new Error('the program fails on purpose');
exports.address = vps.server.address;
exports.password = config.getSecret('password');
`;

export interface Terminal {
  readonly dir: string;
  /** Runs to the end. */
  run(args: string[], options?: RunOptions): Promise<Finished>;
  /** Starts and leaves it to the caller, who must end it. */
  start(args: string[], options?: RunOptions): { child: ChildProcess; done: Promise<Finished> };
  close(): Promise<void>;
}

export interface RunOptions {
  readonly token?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
}

export async function openTerminal(origin: string, cloud: Cloud): Promise<Terminal> {
  const toolchain = await testEngine('engine+language');
  const dir = await mkdtemp(join(tmpdir(), 'plinth-terminal-'));
  await mkdir(join(dir, 'project'));
  await symlink(resolve('node_modules'), join(dir, 'project', 'node_modules'));
  await writeFile(
    join(dir, 'project', 'Pulumi.yaml'),
    'name: plinth\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.cjs\n',
  );
  await writeFile(join(dir, 'project', 'package.json'), '{"name":"project","main":"index.cjs"}');
  await writeFile(join(dir, 'project', 'index.cjs'), PROGRAM);
  const path = [toolchain.languageHostDir, resolve('node_modules/.bin'), dirname(process.execPath), '/usr/bin', '/bin']
    .filter(Boolean)
    .join(':');
  const running = new Set<ChildProcess>();
  const terminal: Terminal = {
    dir: join(dir, 'project'),
    start(args, options = {}) {
      const child = spawn(toolchain.pulumi, [...args, '--non-interactive', '--color', 'never'], {
        cwd: join(dir, 'project'),
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          PATH: path,
          HOME: dir,
          // Whatever a killed command line leaves goes with the terminal.
          TMPDIR: dir,
          PULUMI_HOME: join(dir, 'home'),
          PULUMI_BACKEND_URL: origin,
          PULUMI_ACCESS_TOKEN: options.token ?? 'token-admin',
          PULUMI_SKIP_UPDATE_CHECK: 'true',
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
          PULUMI_IGNORE_AMBIENT_PLUGINS: 'false',
          PULUMI_DEBUG_PROVIDERS: `test:${cloud.host.port}`,
          ...options.env,
        },
      });
      running.add(child);
      child.stdin.end(options.input ?? '');
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text));
      const done = new Promise<Finished>((end) => {
        child.on('close', (code) => {
          running.delete(child);
          end({ code, out });
        });
      });
      return { child, done };
    },
    run: (args, options) => terminal.start(args, options).done,
    async close() {
      for (const child of running) process.kill(-child.pid!, 'SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
  return terminal;
}
