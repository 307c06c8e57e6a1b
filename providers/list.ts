/** Every provider Plinth knows. Adding one: its folder, and one line here. */
import { provider as aws } from './aws/index.ts';
import { provider as cloudflare } from './cloudflare/index.ts';
import { provider as digitalocean } from './digitalocean/index.ts';
import { provider as digitaloceandns } from './digitaloceandns/index.ts';
import { provider as gcp } from './gcp/index.ts';
import { provider as hetzner } from './hetzner/index.ts';
import { provider as hetznerdns } from './hetznerdns/index.ts';
import { provider as hostinger } from './hostinger/index.ts';
import { provider as linode } from './linode/index.ts';
import { provider as linodedns } from './linodedns/index.ts';
import { provider as manual } from './manual/index.ts';
import { provider as powerdns } from './powerdns/index.ts';
import { provider as ovh } from './ovh/index.ts';
import { provider as ovhvps } from './ovhvps/index.ts';
import { provider as random } from './random/index.ts';
import { provider as rfc2136 } from './rfc2136/index.ts';
import { provider as route53 } from './route53/index.ts';
import { provider as smartvps } from './smartvps/index.ts';
import { provider as vultr } from './vultr/index.ts';
import type { Provider } from './provider.ts';

export const providers: readonly Provider[] = [
  cloudflare,
  digitalocean,
  linode,
  vultr,
  hetzner,
  aws,
  ovh,
  gcp,
  hostinger,
  ovhvps,
  smartvps,
  manual,
  powerdns,
  hetznerdns,
  digitaloceandns,
  linodedns,
  route53,
  rfc2136,
  random,
];

export function findProvider(id: string): Provider | undefined {
  return providers.find((provider) => provider.descriptor.id === id);
}
