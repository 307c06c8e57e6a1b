/** Integers of older systems, one for each of our rows that their clients have seen. */
import type { Db } from '../kernel/database.ts';

export type CompatSystem = 'A' | 'D' | 'E';

/** The row's number, given now when it has none. Two that ask at once get the same one. */
export async function numberOf(db: Db, system: CompatSystem, kind: string, targetId: string): Promise<number> {
  for (;;) {
    const known = await db.compatId.findUnique({ where: { system_kind_targetId: { system, kind, targetId } } });
    if (known) return known.number;
    // One that counted at the same moment takes the number first; the next round sees which was left.
    await db.$executeRaw`
      INSERT INTO "compat_id" ("system", "kind", "number", "targetId")
      SELECT ${system}, ${kind}, COALESCE(MAX("number"), 0) + 1, ${targetId} FROM "compat_id" WHERE "system" = ${system} AND "kind" = ${kind}
      ON CONFLICT DO NOTHING`;
  }
}

/** Those of many rows, each given now when it has none. */
export async function numbersOf(db: Db, system: CompatSystem, kind: string, targetIds: readonly string[]): Promise<Map<string, number>> {
  const known = await db.compatId.findMany({ where: { system, kind, targetId: { in: [...targetIds] } } });
  const numbers = new Map(known.map(({ targetId, number }) => [targetId, number]));
  for (const id of targetIds) if (!numbers.has(id)) numbers.set(id, await numberOf(db, system, kind, id));
  return numbers;
}

/** Which row has the number, or null. */
export async function targetOf(db: Db, system: CompatSystem, kind: string, number: number): Promise<string | null> {
  return (await db.compatId.findUnique({ where: { system_kind_number: { system, kind, number } } }))?.targetId ?? null;
}

/** Takes over a number of the older system itself. False when another row has it, or this one has another. */
export async function keepNumber(db: Db, system: CompatSystem, kind: string, number: number, targetId: string): Promise<boolean> {
  const count = await db.$executeRaw`
    INSERT INTO "compat_id" ("system", "kind", "number", "targetId") VALUES (${system}, ${kind}, ${number}, ${targetId})
    ON CONFLICT DO NOTHING`;
  return count === 1 || (await targetOf(db, system, kind, number)) === targetId;
}
