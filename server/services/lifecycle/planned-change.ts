/** A change after planning: where it starts from, where it leads, and how it gets there. */
import type { ChangePreview } from '../../../contract/lifecycle.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import type { RestoreSource } from './plan-restore.ts';

/** How a change reaches the server. `update`: the engine alone. `rebuild`, `set-password`, `restore`: the provider first, then the engine. */
export type Way = 'update' | 'rebuild' | 'set-password' | 'replacement' | 'restore' | 'destroy';

export interface PlannedChange {
  readonly before: VpsSpec;
  readonly spec: VpsSpec;
  readonly way: Way;
  /** The administrator's new password, where there is one. Secret. */
  readonly password: string | null;
  readonly notes: readonly string[];
  /** What a `restore` goes back to. */
  readonly restore?: RestoreSource;
  /** What it touches beside the stack's resources. */
  readonly beside?: ChangePreview['resources'];
}
