/** What the routes of the state service share, and what the service around them gives. */
import type { Request } from 'express';
import type { Logger } from 'pino';
import type { StackRow, UpdateRow } from './rows.ts';
import type { StateStore } from './store.ts';
import type { StateAction, StatePrincipal } from './access.ts';
import type { Checkpoint, PendingOperation } from '../kernel/deployment.ts';
import type { JournalEntry } from './journal.ts';
import type { KeyWrapper } from './keys.ts';

/** A stack's full name. */
export type StackPlace = Pick<StackRow, 'organization' | 'project' | 'name'>;

/** A way to change a stack, and what is about to go through it. Behind a lease, `update` says who stands there. */
export type Door =
  | { readonly at: 'create'; readonly stack: StackPlace; readonly state: Checkpoint | null; readonly principal: StatePrincipal }
  | { readonly at: 'remove'; readonly stack: StackRow; readonly principal: StatePrincipal }
  | { readonly at: 'import'; readonly stack: StackRow; readonly state: Checkpoint; readonly principal: StatePrincipal }
  | { readonly at: 'cancel'; readonly stack: StackRow; readonly update: UpdateRow; readonly principal: StatePrincipal }
  | { readonly at: 'start'; readonly stack: StackRow; readonly update: UpdateRow; readonly principal: StatePrincipal }
  | { readonly at: 'journal'; readonly stack: StackRow; readonly update: UpdateRow; readonly entries: readonly JournalEntry[] }
  | {
      readonly at: 'checkpoint';
      readonly stack: StackRow;
      readonly update: UpdateRow;
      /** Null of one that the engine itself calls invalid: it is not kept. */
      readonly state: Checkpoint | null;
      readonly begun: readonly PendingOperation[];
    };

export interface DoorRefusal {
  readonly status: 400 | 403 | 404 | 409;
  readonly message: string;
}

export interface StateHooks {
  /** False of a stack that is named after a VPS which its organization does not own: no door leads to it. */
  isOwned(stack: StackPlace): Promise<boolean>;
  /** Asked before anything goes through; null lets it. */
  guard(door: Door): Promise<DoorRefusal | null>;
  /** Called after the lease is taken; what it refuses is ended at once. Hand-run updates only carry no operation id. */
  started(stack: StackRow, update: UpdateRow, principal: StatePrincipal, leaseExpires: Date): Promise<DoorRefusal | null>;
  renewed(update: UpdateRow, expires: Date): Promise<void>;
  events(update: UpdateRow, events: readonly unknown[]): Promise<void>;
  completed(stack: StackRow, update: UpdateRow): Promise<void>;
  /** Before a person gets these texts, secrets of the stack in clear. */
  decrypted(principal: StatePrincipal, stack: StackRow, plaintexts: readonly Buffer[]): Promise<void>;
  audit(principal: StatePrincipal, action: string, stack: StackRow | null, detail: Record<string, unknown>): Promise<void>;
}

export interface StateRouterOptions {
  readonly store: StateStore;
  readonly keys: KeyWrapper;
  readonly authenticate: (token: string) => Promise<StatePrincipal | null>;
  /** What the holder of an API token may do now; null once it is revoked, expired or gone. */
  readonly holder: (tokenId: string) => Promise<StatePrincipal | null>;
  readonly hooks: StateHooks;
  readonly log: Logger;
  /** The engine version this server was tested with. */
  readonly engineVersion: string;
  /** Lease of a running update in ms; the CLI renews at half of five minutes, so never below 190 s in production. */
  readonly leaseMs: number;
}

export interface StateContext extends StateRouterOptions {
  /** The stack a path names, when the principal may do `action` with it; 403 or 404 otherwise. */
  stackFor(request: Request, action: StateAction): Promise<{ stack: StackRow; principal: StatePrincipal }>;
  /** @throws StateError with what the guard says; a person's try is in the audit trail. */
  pass(door: Door): Promise<void>;
}
