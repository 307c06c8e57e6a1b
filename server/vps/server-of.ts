/** Which resources of a stack's state are the customer's server and its generated password. */
import { type Deployment, liveResources, type ResourceState } from '../kernel/deployment.ts';

/** The program's name of the server in every stack. */
export const INSTANCE = 'vps-instance';

export function isServer({ urn }: { readonly urn: string }): boolean {
  return urn.endsWith(`::${INSTANCE}`);
}

/** The generated password, in a stack whose password nobody brought. */
export function isPassword({ urn }: { readonly urn: string }): boolean {
  return urn.endsWith('::vps-password');
}

/** The server that the state counts on; null when it records none, or only one that is about to be deleted. */
export function serverOf(deployment: Deployment): (ResourceState & { id: string }) | null {
  const found = liveResources(deployment).find((resource) => isServer(resource) && resource.delete !== true && resource.id);
  return (found as (ResourceState & { id: string }) | undefined) ?? null;
}
