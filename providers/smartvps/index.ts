/** SmartVPS. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { SmartVps } from './client.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { server } from './server.ts';

export const provider: Provider = {
  descriptor,
  resources: [server],
  functions: [],
  // A machine has neither a name nor a place there: what its row says of both cannot differ from anything.
  recordedAs: {
    instance: { token: 'smartvps:index/server:Server', label: 'label', region: 'region', plan: 'memory', ipv4: 'ip', ipv6: 'ipv6' },
  },
  connect: (connection) => new SmartVps(connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
