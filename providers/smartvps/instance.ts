/** How a stack program declares a machine at SmartVPS. The token is Plinth's own: there is no vendor's package. */
import * as pulumi from '@pulumi/pulumi';
import { Declared } from '../kit/declare.ts';
import type { InstanceModule } from '../provider.ts';
import { packageOf } from './client.ts';
import { descriptor } from './descriptor.ts';

export const instanceModule: InstanceModule = {
  ignoreChanges: ['os'],
  declare(name, request, opts) {
    const { id, name: packageName } = packageOf(request.region);
    const args = { packageId: id, packageName, memory: request.plan, os: request.image };
    const outputs = ['ip', 'password'];
    const machine = new Declared('smartvps:index/server:Server', descriptor.pulumiPackageVersion, name, args, outputs, {
      additionalSecretOutputs: ['password'],
      ...opts,
    });
    return {
      resource: machine,
      instanceId: machine.id,
      ipv4: machine.told('ip'),
      ipv6: pulumi.output(''),
      generatedPassword: pulumi.secret(machine.told('password')),
    };
  },
};
