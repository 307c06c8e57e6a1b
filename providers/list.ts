/** Every provider Plinth knows. Adding one: its folder, and one line here. */
import type { Provider } from './provider.ts';

export const providers: readonly Provider[] = [];

export function findProvider(id: string): Provider | undefined {
  return providers.find((provider) => provider.descriptor.id === id);
}
