/** Every provider Plinth knows. Adding one: its folder, and one line here. */
import { provider as cloudflare } from './cloudflare/index.ts';
import { provider as digitalocean } from './digitalocean/index.ts';
import { provider as linode } from './linode/index.ts';
import { provider as random } from './random/index.ts';
import { provider as vultr } from './vultr/index.ts';
import type { Provider } from './provider.ts';

export const providers: readonly Provider[] = [cloudflare, digitalocean, linode, vultr, random];

export function findProvider(id: string): Provider | undefined {
  return providers.find((provider) => provider.descriptor.id === id);
}
