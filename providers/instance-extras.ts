/**
 * What some providers can do with an instance besides its life: snapshots and backups, rescue, graphs, and the look for
 * what else of a VPS an account holds. Part of `ComputeClient`; a member is absent where the capability says it cannot.
 */
import type { ConsoleAccess } from './manners.ts';
import type { CallOptions, Money } from './terms.ts';

/** snapshot: made by an order and kept until deleted. backup: made by the provider's schedule and replaced by it. */
export type SnapshotKind = 'snapshot' | 'backup';

export interface Snapshot {
  readonly id: string;
  readonly kind: SnapshotKind;
  /** The provider's name or description of it; may be empty for backups. */
  readonly name: string;
  readonly status: 'pending' | 'available' | 'failed';
  /** What it takes at the provider; null where that is not told (yet). */
  readonly sizeGb: number | null;
  /** The least disk a server must have to take it; null where the provider does not tell. */
  readonly minDiskGb: number | null;
  /** Regions where a new server can be made of it; absent = all. */
  readonly regions?: readonly string[];
  /** Of the processor it runs on, in the words of `Plan.architecture`; absent = not told. */
  readonly architecture?: string;
  /** The instance it was made of; null where the provider forgot (an instance that is gone). */
  readonly instanceId: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  /** What keeping it costs, where the provider's price is known (source in the provider's README). */
  readonly monthlyCost: Money | null;
}

export interface SnapshotClient {
  /** Snapshots whose name begins with `namePrefix` (also of an instance that is gone), and the instance's backups if any. */
  list(instanceId: string | null, namePrefix: string, o?: CallOptions): Promise<Snapshot[]>;
  /**
   * Returns when the snapshot is available. A snapshot of this exact `name` that exists or is being made is adopted, so a
   * repeated call makes no second one. @throws ProviderError
   */
  create(instanceId: string, name: string, o?: CallOptions): Promise<Snapshot>;
  /** Overwrites the instance's disk and returns when it runs again; the address stays. `password`: see `restoreNeedsPassword`. */
  restore(instanceId: string, snapshot: Pick<Snapshot, 'id' | 'kind'>, args: { password?: string }, o?: CallOptions): Promise<void>;
  /** Deletes a snapshot (never a backup); one that is gone already counts as done. */
  delete(snapshotId: string, o?: CallOptions): Promise<void>;
}

export type RescueChange = 'enter' | 'leave';

/** Something an account holds for one VPS besides its instance. */
export interface OwnedObject {
  readonly kind: 'ssh-key' | 'firewall' | 'startup-script' | 'snapshot' | 'address';
  readonly id: string;
  readonly name: string;
  /** The VPS its name or tags tell; never a guess. */
  readonly vpsId: string;
}

/** A public key that an account holds once for all servers with it. Servers have it from their first boot and need it no more. */
export interface SharedKey {
  readonly id: string;
  readonly name: string;
  /** OpenSSH. */
  readonly publicKey: string;
}

export interface SharedKeyClient {
  /** Those of our making, all pages. */
  list(o?: CallOptions): Promise<SharedKey[]>;
  /** One that is gone already counts as done. */
  remove(id: string, o?: CallOptions): Promise<void>;
}

export interface MetricSeries {
  readonly metric: 'cpu' | 'network-in' | 'network-out';
  /** cpu: percent of all cores together, 0 to 100. network: bytes per second. */
  readonly unit: 'percent' | 'bytes_per_second';
  /** Ascending; `at` in ms since the epoch. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

export interface InstanceExtras {
  readonly snapshots?: SnapshotClient;
  /**
   * Boots into the provider's rescue system, or back into the server's own; returns when it runs. Repeating it is harmless. The
   * rescue system lets these keys in, where it takes any.
   */
  rescue?(id: string, change: RescueChange, o?: CallOptions, access?: { readonly sshPublicKeys: readonly string[] }): Promise<void>;
  /** Samples between two times (ms since the epoch), as fine as the provider gives them. */
  metrics?(id: string, from: number, to: number, o?: CallOptions): Promise<MetricSeries[]>;
  /** Opens a screen or serial line, for a moment's use; absent where `console` cannot. Each call may end the one before. */
  console?(id: string, o?: CallOptions): Promise<ConsoleAccess>;
  /** Every key, firewall, script and snapshot of the account that is ours by name or tag, all pages. */
  listOwned(o?: CallOptions): Promise<OwnedObject[]>;
  /** Absent where each server has keys of its own. */
  readonly sharedKeys?: SharedKeyClient;
}
