/** Servers that people provide. See README.md. */
import type { Provider } from '../provider.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { server } from './server.ts';
import { tasks } from './tasks.ts';

export const provider: Provider = {
  descriptor,
  resources: [server],
  functions: [],
  tasks,
  recordedAs: {
    instance: {
      token: 'plinth:index/manualServer:ManualServer',
      label: 'label',
      region: 'place',
      plan: 'plan',
      ipv4: 'ipv4',
      ipv6: 'ipv6',
    },
  },
  connect: () => null,
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
