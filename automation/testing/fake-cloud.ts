/** A provider whose cloud is an array in this process: for tests of the engine driver, where timing must be in the test's hand. */
import { z } from 'zod';
import { ProviderError } from '../../providers/errors.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Properties, ResourceDefinition } from '../../providers/resource.ts';

export interface FakeServer {
  readonly id: string;
  readonly tag: string;
  label: string;
  region: string;
}

export class FakeCloud {
  readonly servers: FakeServer[] = [];
  creates = 0;
  /** Awaited in a create after the server exists and before its id is told. */
  afterCreate: () => Promise<void> = async () => undefined;
  failCreate: ProviderError | undefined;
  #next = 1;

  readonly provider: Provider;

  constructor() {
    const resource: ResourceDefinition = {
      token: 'fakecloud:index/server:Server',
      inputs: {
        tag: { type: 'string', required: true, replace: true },
        label: { type: 'string', required: true },
        region: { type: 'string', required: true, replace: true },
        password: { type: 'string', required: true, secret: true },
      },
      outputs: { ipv4: { type: 'string' } },
      deleteBeforeReplace: true,
      timeoutsMs: { create: 60_000, update: 60_000, delete: 60_000 },
      create: async (ctx, inputs) => {
        if (this.failCreate) throw this.failCreate;
        let server = this.servers.find((candidate) => candidate.tag === inputs['tag']);
        if (!server) {
          this.creates += 1;
          server = {
            id: String(this.#next++),
            tag: String(inputs['tag']),
            label: String(inputs['label']),
            region: String(inputs['region']),
          };
          this.servers.push(server);
        }
        ctx.progress('the server boots');
        await this.afterCreate();
        return { id: server.id, outputs: outputs(inputs, server) };
      },
      read: async (_ctx, id, state) => {
        const server = this.servers.find((candidate) => candidate.id === id);
        if (!server) return null;
        const inputs = { ...state?.inputs, label: server.label, region: server.region };
        return { id, inputs, outputs: outputs({ ...state?.outputs, ...inputs }, server) };
      },
      update: async (_ctx, id, { inputs }) => {
        const server = this.servers.find((candidate) => candidate.id === id);
        if (!server) throw new ProviderError({ provider: 'fakecloud', kind: 'not_found', message: `Server ${id} is gone.` });
        server.label = String(inputs['label']);
        return outputs(inputs, server);
      },
      delete: async (_ctx, id) => {
        const at = this.servers.findIndex((candidate) => candidate.id === id);
        if (at >= 0) this.servers.splice(at, 1);
      },
    };
    this.provider = {
      descriptor: {
        id: 'fakecloud',
        name: 'Fake cloud',
        roles: ['compute'],
        pulumiPackage: 'fakecloud',
        pulumiPackageVersion: '1.0.0',
        apiBaseUrl: 'http://127.0.0.1',
        credential: z.object({ token: z.string() }),
        rate: { requests: 1000, perMs: 1000 },
      } as unknown as Provider['descriptor'],
      resources: [resource],
      functions: [],
      connect: () => ({}),
    };
  }
}

function outputs(inputs: Properties, server: FakeServer): Properties {
  return { ...inputs, label: server.label, region: server.region, ipv4: `192.0.2.${server.id}` };
}
