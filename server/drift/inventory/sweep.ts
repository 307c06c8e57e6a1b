/** What an account holds that no record accounts for: pure. */
import { parseIdentityTag } from '../../../providers/identity.ts';
import type { OwnedObject } from '../../../providers/instance-extras.ts';
import type { DnsRecordSummary, InstanceSummary } from '../../../providers/provider.ts';

/**
 * orphan: ours by its tag. unmanaged: someone else's. record: a DNS record of ours that points nowhere. leftover: a key,
 * firewall, script or snapshot of a VPS that is no more.
 */
export type InventoryKind = 'orphan' | 'unmanaged' | 'record' | 'leftover';
export type InventoryReason = 'unknown_vps' | 'terminated_vps' | 'second_server' | 'not_adopted' | 'foreign';

export interface Found {
  readonly kind: InventoryKind;
  readonly reason: InventoryReason;
  readonly objectId: string;
  readonly label: string;
  readonly vpsId: string | null;
  readonly createdAt: string | null;
  readonly detail: Readonly<Record<string, string | null>>;
}

/** What the database knows of a VPS that a tag or comment names. */
export interface KnownVps {
  readonly living: boolean;
  /** An operation runs, waits, or ended while the sweep looked: what it makes is not judged. */
  readonly busy: boolean;
  /** The newest that was decided on. */
  readonly generation: number;
  readonly recordsInstance: boolean;
}

const OWN_COMMENT = /^plinth vps-([a-z0-9]+)$/;

/** The VPS that a record's comment names, or null. */
export function vpsOfComment(comment: string | null): string | null {
  return OWN_COMMENT.exec(comment ?? '')?.[1] ?? null;
}

/** The newest VPS and generation that an instance's tags name, or null. */
export function vpsOfTags(tags: readonly string[]): { vpsId: string; generation: number } | null {
  const named = tags.map(parseIdentityTag).filter((identity) => identity !== null);
  return named.sort((a, b) => b.generation - a.generation)[0] ?? null;
}

/** Instances that no living VPS's record names. `recorded` holds the instance ids that one does. */
export function strayInstances(
  instances: Iterable<InstanceSummary>,
  recorded: ReadonlySet<string>,
  known: ReadonlyMap<string, KnownVps>,
): Found[] {
  const found: Found[] = [];
  for (const instance of instances) {
    if (recorded.has(instance.id)) continue;
    const owner = vpsOfTags(instance.tags);
    const reason = owner === null ? 'foreign' : reasonOf(known.get(owner.vpsId));
    if (reason === null) continue;
    const { id, label, region, plan, image, ipv4, ipv6, status, createdAt } = instance;
    found.push({
      kind: owner === null ? 'unmanaged' : 'orphan',
      reason,
      objectId: id,
      label,
      vpsId: owner?.vpsId ?? null,
      createdAt,
      detail: { region, plan, image, ipv4, ipv6, status },
    });
  }
  return found;
}

/** Records with our comment that no living VPS's record names. */
export function danglingRecords(
  records: Iterable<DnsRecordSummary & { zoneId: string }>,
  recorded: ReadonlySet<string>,
  known: ReadonlyMap<string, KnownVps>,
): Found[] {
  const found: Found[] = [];
  for (const record of records) {
    const vpsId = vpsOfComment(record.comment);
    if (vpsId === null || recorded.has(record.id)) continue;
    const reason = reasonOf(known.get(vpsId));
    if (reason === null) continue;
    const { id, name, type, content, zoneId } = record;
    found.push({ kind: 'record', reason, objectId: id, label: name, vpsId, createdAt: null, detail: { type, content, zoneId } });
  }
  return found;
}

/** What an account holds for VPSes that do not live. `kept` has the names of snapshots that are kept on purpose. */
export function leftovers(objects: Iterable<OwnedObject>, kept: ReadonlySet<string>, known: ReadonlyMap<string, KnownVps>): Found[] {
  const found: Found[] = [];
  for (const { kind, id, name, vpsId } of objects) {
    const owner = known.get(vpsId);
    if ((owner && (owner.living || owner.busy)) || (kind === 'snapshot' && kept.has(name))) continue;
    const reason = owner ? 'terminated_vps' : 'unknown_vps';
    found.push({ kind: 'leftover', reason, objectId: id, label: name, vpsId, createdAt: null, detail: { what: kind } });
  }
  return found;
}

function reasonOf(vps: KnownVps | undefined): InventoryReason | null {
  if (vps === undefined) return 'unknown_vps';
  if (vps.busy) return null;
  if (!vps.living) return 'terminated_vps';
  return vps.recordsInstance ? 'second_server' : 'not_adopted';
}
