/** OVH VPS. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { machines } from './machine.ts';
import { OvhVps } from './rest.ts';
import { reverse } from './reverse.ts';

export const provider: Provider = {
  descriptor,
  resources: [machines.resource(), reverse],
  functions: [],
  recordedAs: {
    instance: {
      token: 'ovhvps:index/vps:Vps',
      label: 'displayName',
      region: 'datacenter',
      plan: 'plan',
      ipv4: 'ipv4',
      ipv6: 'ipv6',
      mark: 'displayName',
    },
  },
  connect: (connection) => new OvhVps(connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
