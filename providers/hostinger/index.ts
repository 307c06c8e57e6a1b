/** Hostinger VPS. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { firewalls, keys, ptr, scripts } from './helpers.ts';
import { machines } from './machine.ts';
import { HostingerRest } from './rest.ts';

export const provider: Provider = {
  descriptor,
  resources: [machines.resource(), keys.resource(), firewalls.resource(), scripts.resource(), ptr],
  functions: [],
  recordedAs: {
    helpers: {
      'ssh-key': 'hostinger:index/publicKey:PublicKey',
      firewall: 'hostinger:index/firewall:Firewall',
      'startup-script': 'hostinger:index/postInstallScript:PostInstallScript',
    },
    instance: {
      token: 'hostinger:index/vps:Vps',
      label: 'hostname',
      region: 'dataCenterId',
      plan: 'itemId',
      ipv4: 'ipv4',
      ipv6: 'ipv6',
    },
  },
  connect: (connection) => new HostingerRest(connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
