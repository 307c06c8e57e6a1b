/** The stack program of the engine driver's tests: one server of the fake cloud, and ways to fail. */
import * as pulumi from '@pulumi/pulumi';
import type { VpsSpec } from '../../stacks/spec.ts';

class Server extends pulumi.CustomResource {
  declare readonly ipv4: pulumi.Output<string>;
  constructor(name: string, args: Record<string, pulumi.Input<unknown>>, opts: pulumi.CustomResourceOptions) {
    super('fakecloud:index/server:Server', name, { ipv4: undefined, ...args }, { version: '1.0.0', ...opts });
  }
}

export const program = (spec: VpsSpec, secrets: { rootPassword?: string }) => async (): Promise<object> => {
  if (spec.label === 'throws') throw new Error('the program is broken');
  if (spec.label === 'rejects') void Promise.reject(new Error('nobody waits for this'));
  if (spec.label === 'exits') process.exit(3);
  const rootPassword = pulumi.secret(secrets.rootPassword ?? `generated-${spec.vpsId}`);
  const server = new Server(
    'server',
    { tag: `${spec.vpsId}-${spec.generation}`, label: spec.label, region: spec.compute.region, password: rootPassword },
    { protect: true },
  );
  return { instanceId: server.id, ipv4: server.ipv4, ipv6: '', hostname: spec.hostname, dnsName: null, rootUser: 'root', rootPassword };
};
