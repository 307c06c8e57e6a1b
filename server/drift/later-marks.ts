/**
 * Signs at the providers that the database is restored from the past: something there carries our mark and names a VPS, or a
 * generation of one, that the database does not know. VPSes' rows are never deleted and are written before anything is
 * bought, so only a later database, or another Plinth on the same account, can have made it. No restore takes that away.
 */
import { globalSwitches, holdDestructive } from '../kernel/kill-switches/kill-switches.ts';
import type { Services } from '../kernel/services.ts';
import { namedVpses } from './store.ts';
import { firstSightings } from '../accounts/inventory/store.ts';
import { databaseNow } from '../kernel/schedule/store.ts';
import { vpsOfComment, vpsOfTags } from './inventory/sweep.ts';
import type { Reading } from './reading.ts';

/** One thing at a provider that names a VPS of ours. */
export interface Marked {
  /** For people: `server`, `DNS record`, `ssh-key`. */
  readonly what: string;
  readonly objectId: string;
  readonly label: string;
  readonly vpsId: string;
  /** Null where the mark says none. */
  readonly generation: number | null;
  /** As the provider says; null where it does not. */
  readonly createdAt: string | null;
}

/** All that a reading holds of ours, whatever its VPS. */
export function markedOf({ instances, owned = [], records }: Pick<Reading, 'instances' | 'owned' | 'records'>): Marked[] {
  const marked: Marked[] = [];
  for (const { id, label, tags, createdAt } of instances?.values() ?? []) {
    const owner = vpsOfTags(tags);
    if (owner) marked.push({ what: 'server', objectId: id, label, ...owner, createdAt });
  }
  for (const { kind, id, name, vpsId } of owned)
    marked.push({ what: kind, objectId: id, label: name, vpsId, generation: null, createdAt: null });
  for (const zone of records?.values() ?? [])
    for (const { id, name, comment } of zone.values()) {
      const vpsId = vpsOfComment(comment);
      if (vpsId !== null) marked.push({ what: 'DNS record', objectId: id, label: name, vpsId, generation: null, createdAt: null });
    }
  return marked;
}

/** The first that the database cannot explain, or null. `generations` has the newest of each VPS that it knows. */
export function laterMark(
  marked: Iterable<Marked>,
  generations: ReadonlyMap<string, number>,
  isAccepted: (mark: Marked) => boolean,
): Marked | null {
  for (const mark of marked) {
    const known = generations.get(mark.vpsId);
    const isExplained = known !== undefined && (mark.generation ?? 0) <= known;
    if (!isExplained && !isAccepted(mark)) return mark;
  }
  return null;
}

/**
 * Holds destructive work when the reading has such a sign. What was there when a person last lifted the hold is none: what
 * is older by the provider's word, or was in the inventory by then. True when there is none.
 */
export async function holdForLaterMarks(services: Services, reading: Reading): Promise<boolean> {
  const { db } = services;
  const marked = markedOf(reading);
  // After the reading: a VPS that was ordered meanwhile is known.
  const rows = await namedVpses(db, [...new Set(marked.map(({ vpsId }) => vpsId))], await databaseNow(db));
  const generations = new Map(rows.map(({ id, generation }) => [id, generation]));
  const { holdLiftedAt } = await globalSwitches(db);
  const suspects = marked.filter((mark) => laterMark([mark], generations, () => false));
  if (suspects.length === 0) return true;
  const lifted = holdLiftedAt === null ? null : Date.parse(holdLiftedAt);
  const seen =
    lifted === null
      ? new Map<string, Date>()
      : await firstSightings(
          db,
          reading.account.id,
          suspects.map(({ objectId }) => objectId),
        );
  const isAccepted = ({ objectId, createdAt }: Marked): boolean =>
    lifted !== null && (Date.parse(createdAt ?? '') < lifted || (seen.get(objectId)?.getTime() ?? Number.POSITIVE_INFINITY) < lifted);
  const sign = laterMark(suspects, generations, isAccepted);
  if (sign === null) return true;
  await holdDestructive(services, sentence(sign, generations.has(sign.vpsId), reading.account.name));
  return false;
}

function sentence({ what, label, objectId, vpsId, generation }: Marked, known: boolean, account: string): string {
  const found = known
    ? `generation ${generation} of the server of VPS ${vpsId}, which the database does not know yet`
    : `the ${what} “${label}” (${objectId}) of VPS ${vpsId}, which the database does not know`;
  return (
    `The account “${account}” has ${found}: the database looks restored from the past, or another Plinth uses that account. ` +
    'Compare the inventory with your records and import what is a customer’s, then lift the hold.'
  );
}
