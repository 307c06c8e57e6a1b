/** For engine.test.ts: a provider whose cloud is a map in this process, and stacks in a temporary directory. */
import * as pulumi from '@pulumi/pulumi';
import { LocalWorkspace, PulumiCommand, type Stack } from '@pulumi/pulumi/automation/index.js';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ProviderError } from '../../providers/errors.ts';
import type { Descriptor, Provider } from '../../providers/provider.ts';
import { InitializationError, type Properties, type ResourceDefinition } from '../../providers/resource.ts';

export const TOKEN = 'toy:index/box:Box';

/** What is "at the provider", and switches for what goes wrong. */
export class ToyCloud {
  readonly boxes = new Map<string, Properties>();
  readonly log: string[] = [];
  notReady = new Set<string>();
  failUpdates = false;
  #next = 1;

  make(inputs: Properties): string {
    const id = `box-${this.#next++}`;
    this.boxes.set(id, { ...inputs });
    this.log.push(`create ${id}`);
    return id;
  }
}

const can = { can: true } as const;

export function toyProvider(cloud: ToyCloud): Provider {
  const descriptor = {
    id: 'toy',
    name: 'Toy',
    roles: ['compute'],
    pulumiPackage: 'toy',
    pulumiPackageVersion: '1.2.3',
    apiBaseUrl: 'http://127.0.0.1',
    simulatorPath: '/toy',
    credential: z.strictObject({}),
    credentialFields: [],
    options: z.strictObject({}),
    capabilities: { resizeUp: can } as unknown as Descriptor['capabilities'],
    limits: { userDataBytes: 1024, labelMaxLength: 63, labelPattern: /./ },
    rate: { requests: 100, perMs: 1_000 },
    password: {} as Descriptor['password'],
    docsUrl: 'http://127.0.0.1',
  } satisfies Descriptor;
  return { descriptor, resources: [boxDefinition()], functions: [], connect: () => cloud };
}

function boxDefinition(): ResourceDefinition<ToyCloud> {
  return {
    token: TOKEN,
    inputs: {
      label: { type: 'string', required: true, pattern: /^[a-z0-9-]+$/ },
      size: { type: 'integer', default: 1, min: 1, max: 8 },
      region: { type: 'string', replace: true, default: 'here' },
      password: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' }, unordered: true },
      userData: { type: 'string', replace: true },
      waitMs: { type: 'integer' },
    },
    outputs: { address: { type: 'string' }, token: { type: 'string', secret: true }, size2: { type: 'integer' } },
    stableOutputs: ['address', 'token'],
    deleteBeforeReplace: true,
    timeoutsMs: { create: 10_000, update: 10_000, delete: 10_000 },
    async create({ client, signal, progress }, inputs) {
      progress('working on it');
      const id = client.make(inputs);
      await delay(Number(inputs['waitMs'] ?? 0), undefined, { signal }).catch((error: unknown) => {
        client.log.push(`abort ${id}`);
        throw error;
      });
      if (client.notReady.has(String(inputs['label']))) throw new InitializationError(id, describe(id, inputs), ['no address yet']);
      return { id, outputs: describe(id, inputs) };
    },
    async read({ client }, id, state) {
      const box = client.boxes.get(id);
      if (!box) return null;
      if (box['label'] === 'flaky') throw new ProviderError({ provider: 'toy', kind: 'provider_down', message: 'GET /boxes: 503.' });
      const inputs = { ...box };
      if (state?.inputs['password'] !== undefined) inputs['password'] = state.inputs['password'];
      return { id, inputs, outputs: describe(id, box) };
    },
    async update({ client }, id, { inputs }) {
      if (client.failUpdates) throw new ProviderError({ provider: 'toy', kind: 'quota', message: 'No more room; ask for a higher limit.' });
      client.boxes.set(id, { ...inputs });
      client.log.push(`update ${id}`);
      return describe(id, inputs);
    },
    async delete({ client }, id) {
      client.log.push(`delete ${id}`);
      client.boxes.delete(id);
    },
  };
}

function describe(id: string, inputs: Properties): Properties {
  return { ...inputs, address: `address-of-${id}`, token: `token-of-${id}`, size2: Number(inputs['size']) * 2 };
}

export class Box extends pulumi.CustomResource {
  declare readonly address: pulumi.Output<string>;
  declare readonly token: pulumi.Output<string>;
  declare readonly size2: pulumi.Output<number>;
  declare readonly label: pulumi.Output<string>;
  constructor(name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super(TOKEN, name, { address: undefined, token: undefined, size2: undefined, ...args }, opts);
  }
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly initErrors?: string[];
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

/** Stacks on a file backend of their own; `remove` leaves nothing behind. */
export class Workbench {
  readonly #home: string;
  readonly #command: PulumiCommand;
  private constructor(home: string, command: PulumiCommand) {
    this.#home = home;
    this.#command = command;
  }

  /** `binary` is the path of `pulumi`. */
  static async open(binary: string): Promise<Workbench> {
    const home = await mkdtemp(join(tmpdir(), 'plinth-host-'));
    // The SDK wants an installation folder; the version is known to be good.
    await mkdir(join(home, 'bin'));
    await symlink(binary, join(home, 'bin', 'pulumi'));
    return new Workbench(home, await PulumiCommand.get({ root: home, skipVersionCheck: true }));
  }

  /** `port` is where the one package's provider listens; several packages give a port each. The same name again is the same stack. */
  async stack(
    name: string,
    port: number | Readonly<Record<string, number>>,
    program: () => Promise<unknown>,
    pulumiPackage = 'toy',
  ): Promise<Stack> {
    const ports = typeof port === 'number' ? { [pulumiPackage]: port } : port;
    const attached = Object.entries(ports).map(([name, at]) => `${name}:${at}`);
    return LocalWorkspace.createOrSelectStack(
      { stackName: name, projectName: 'workbench', program: program as () => Promise<Record<string, unknown>> },
      {
        pulumiCommand: this.#command,
        pulumiHome: join(this.#home, 'pulumi-home'),
        workDir: await mkdtemp(join(this.#home, 'work-')),
        projectSettings: { name: 'workbench', runtime: 'nodejs', backend: { url: `file://${this.#home}` } },
        envVars: {
          PULUMI_CONFIG_PASSPHRASE: 'workbench',
          PULUMI_SKIP_UPDATE_CHECK: 'true',
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
          PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: 'true',
          PULUMI_DEBUG_PROVIDERS: attached.join(','),
        },
      },
    );
  }

  /** The stack's checkpoint as it lies in the backend, secrets encrypted. */
  async stateOf(stack: Stack): Promise<{ text: string; resources: readonly StateResource[] }> {
    const text = await readFile(join(this.#home, '.pulumi', 'stacks', 'workbench', `${stack.name}.json`), 'utf8');
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest: { resources?: StateResource[] } } };
    return { text, resources: checkpoint.latest.resources ?? [] };
  }

  async remove(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }
}
