/** The simulated clouds of this installation. */
import type { Services } from './services.ts';

/** Where it is, or null when there is none: it is off, or this is production. */
export function simulatorOrigin(services: Services): string | null {
  const [provider] = services.providers;
  if (!services.config.simulator.enabled || !provider) return null;
  return new URL(services.endpointOf(provider, 'simulator').baseUrl).origin;
}
