/**
 * What is known of whoever is being served, for the audit trail: it follows the work through every await, so no service has to
 * hand it on. Work that nobody asked for has none.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from './actor.ts';
import type { Scope } from './listing.ts';

export interface RequestContext {
  /** Null until it is known. */
  actor: Actor | null;
  /** Where it acts. */
  scope: Scope;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs what serves a request. */
export function serving<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

export function requestContext(): RequestContext | undefined {
  return storage.getStore();
}

/** From here on the request is this actor's. */
export function servedFor({ actor, organizationId }: { readonly actor: Actor; readonly organizationId: Scope }): void {
  const context = storage.getStore();
  if (!context) return;
  context.actor = actor;
  context.scope = organizationId;
}

/** What goes on in somebody's name outside a request, such as the orders of a bulk run. */
export function inTheNameOf<T>({ actor, organizationId }: { readonly actor: Actor; readonly organizationId: Scope }, work: () => T): T {
  return storage.run({ actor, scope: organizationId, address: null, userAgent: null, requestId: null }, work);
}
