/** Every provider Plinth knows. Adding one: its folder, and one line here. */
import { provider as linode } from './linode/index.ts';
import type { Provider } from './provider.ts';

export const providers: readonly Provider[] = [linode];

export function findProvider(id: string): Provider | undefined {
  return providers.find((provider) => provider.descriptor.id === id);
}
