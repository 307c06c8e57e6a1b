/**
 * Acting as a customer, in this tab: the desk begins it, the portal's requests name it. It is kept for the tab alone, so that
 * another tab of the same person stays who they are.
 */
import { readStored, writeStored } from '../lib/storage.ts';
import type { Impersonation } from './generated/index.ts';

const KEY = 'plinth.acting';
export type Acting = Pick<Impersonation, 'id' | 'organization_id' | 'organization_name' | 'read_only' | 'expires_at'>;

/** What this page's requests name; none until the page says so. */
let named: string | null = null;
let onEnded: () => void = () => undefined;

/** Kept for the next page of this tab; null: over. */
export function keepActing(acting: Acting | null): void {
  writeStored(KEY, acting === null ? null : JSON.stringify(acting), false);
}

/** What this tab was left with, or null. */
export function keptActing(): Acting | null {
  try {
    return JSON.parse(readStored(KEY) ?? 'null') as Acting | null;
  } catch {
    return null;
  }
}

/** From now on the requests of this page are made as that customer. `ended` is called when one is refused because it is over. */
export function nameActing(acting: Acting | null, ended: () => void = () => undefined): void {
  named = acting?.id ?? null;
  onEnded = ended;
}

export const actingHeader = (): Record<string, string> => (named === null ? {} : { 'x-plinth-acting': named });
export const noteActingEnded = (): void => {
  if (named !== null) onEnded();
};
