/** What the routes of the state service share, and what the service around them gives. */
import type { Request } from 'express';
import type { Logger } from 'pino';
import type { StackRow, UpdateRow } from '../store/state-rows.ts';
import type { StateStore } from '../store/state-store.ts';
import type { StateAction, StatePrincipal } from './access.ts';
import type { JournalEntry } from './journal.ts';
import type { KeyWrapper } from './keys.ts';

export interface StateHooks {
  /** Before an update takes the lease: a sentence refuses it (automation stopped, VPS being terminated …), null lets it go on. */
  beforeStart(stack: StackRow, update: UpdateRow, principal: StatePrincipal): Promise<string | null>;
  /** Hand-run updates only carry no operation id. Called after the lease is taken. */
  started(stack: StackRow, update: UpdateRow, principal: StatePrincipal, leaseExpires: Date): Promise<void>;
  renewed(update: UpdateRow, expires: Date): Promise<void>;
  /** Before a step of a hand-run update is acknowledged, and so before its provider call: a sentence refuses it. */
  beforeSteps(stack: StackRow, update: UpdateRow, entries: readonly JournalEntry[]): Promise<string | null>;
  events(update: UpdateRow, events: readonly unknown[]): Promise<void>;
  completed(stack: StackRow, update: UpdateRow): Promise<void>;
  audit(principal: StatePrincipal, action: string, stack: StackRow | null, detail: Record<string, unknown>): Promise<void>;
}

export interface StateRouterOptions {
  readonly store: StateStore;
  readonly keys: KeyWrapper;
  readonly authenticate: (token: string) => Promise<StatePrincipal | null>;
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
}
