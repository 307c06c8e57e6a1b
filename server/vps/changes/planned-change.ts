/** A change after planning: where it starts from, where it leads, and how it gets there. */
import type { ChangePreview } from '../../../contract/lifecycle.ts';
import type { Way } from '../../../contract/operations/kind.ts';
import type { Snapshot as ProviderSnapshot } from '../../../providers/instance-extras.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import type { PreparedSetup } from '../setup/prepare.ts';

/** What a worker asks the provider to go back to. */
export interface RestoreSource {
  readonly id: string;
  readonly kind: ProviderSnapshot['kind'];
}

export interface PlannedChange {
  readonly before: VpsSpec;
  readonly spec: VpsSpec;
  /** How it reaches the server. `update`: the engine alone. `rebuild`, `set-password`, `restore`: the provider first, then the engine. */
  readonly way: Way;
  /** The administrator's new password, where there is one. Secret. */
  readonly password: string | null;
  readonly notes: readonly string[];
  /** What a `restore` goes back to. */
  readonly restore?: RestoreSource;
  /** What it touches beside the stack's resources. */
  readonly beside?: ChangePreview['resources'];
  /** What sets the new system up; it carries secrets. null: nothing does from now on. */
  readonly setup?: PreparedSetup | null;
  /** Only the record and its names go: the server was never the VPS's own. */
  readonly forgets?: boolean;
}
