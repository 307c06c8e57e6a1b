/** How a stack program declares a server that a person provides: the answers of its task are its inputs. */
import * as pulumi from '@pulumi/pulumi';
import { Declared } from '../kit/declare.ts';
import type { InstanceModule } from '../provider.ts';
import { descriptor } from './descriptor.ts';

/** What was not answered is not declared. */
const NAMES = {
  ipv6: 'ipv6',
  username: 'username',
  control_panel_url: 'controlPanelUrl',
  control_panel_password: 'controlPanelPassword',
  mac_address: 'macAddress',
} as const;

export const instanceModule: InstanceModule = {
  ignoreChanges: ['system'],
  declare(name, request, opts) {
    const answers = request.answers ?? {};
    const optional = Object.entries(NAMES).flatMap(([answer, input]) =>
      answers[answer] === undefined ? [] : [[input, answers[answer]] as const],
    );
    const port = answers['ssh_port'];
    const password = pulumi.secret(pulumi.output(answers['root_password'] ?? ''));
    const args = {
      mark: request.tags[0]!,
      label: request.label,
      hostname: request.hostname,
      place: request.region,
      plan: request.plan,
      system: request.image,
      ipv4: answers['ipv4'] ?? '',
      password,
      ...Object.fromEntries(optional),
      ...(port === undefined ? {} : { sshPort: pulumi.output(port).apply(Number) }),
    };
    const machine = new Declared('plinth:index/manualServer:ManualServer', descriptor.pulumiPackageVersion, name, args, [], {
      additionalSecretOutputs: ['password', 'controlPanelPassword'],
      ...opts,
    });
    return {
      resource: machine,
      instanceId: machine.id,
      ipv4: machine.told('ipv4'),
      ipv6: request.ipv6 && answers['ipv6'] !== undefined ? machine.told('ipv6') : pulumi.output(''),
      generatedPassword: password,
    };
  },
};
