/**
 * Numbers without gaps. The series' row is locked from the moment a number is taken until its transaction ends, so that
 * whoever is undone gives the number back, and the next one waits for that. Times follow the numbers: a later number is
 * never of an earlier moment.
 */
import { Temporal } from 'temporal-polyfill';
import type { Db } from '../../kernel/database.ts';

/** `INV` for invoices, `CN` for credit notes. */
export type Series = 'INV' | 'CN';

/** The next number of that series and of the year that `at` has in that zone. */
export async function takeNumber(db: Db, series: Series, at: Date, timeZone: string): Promise<{ number: string; issuedAt: Date }> {
  const { year } = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const rows = await db.$queryRaw<{ taken: number; at: Date }[]>`
    INSERT INTO "number_series" AS s ("name", "year", "next", "lastIssuedAt") VALUES (${series}, ${year}, 2, ${at})
    ON CONFLICT ("name", "year") DO UPDATE SET "next" = s."next" + 1, "lastIssuedAt" = GREATEST(s."lastIssuedAt", EXCLUDED."lastIssuedAt")
    RETURNING "next" - 1 AS "taken", "lastIssuedAt" AS "at"`;
  const { taken, at: issuedAt } = rows[0]!;
  return { number: writtenNumber(series, year, taken), issuedAt };
}

export function writtenNumber(series: Series, year: number, number: number): string {
  return `${series}-${year}-${String(number).padStart(6, '0')}`;
}

/** Series, year and place of a written number; null when it is none. */
export function readNumber(text: string): { series: Series; year: number; number: number } | null {
  const [, series, year, number] = /^(INV|CN)-(\d{4})-(\d{6,9})$/.exec(text) ?? [];
  return series === undefined ? null : { series: series as Series, year: Number(year), number: Number(number) };
}

/** Goes on above numbers that were seen outside, as after a restore; never back. Answers the next number. */
export async function raiseSeries(db: Db, series: Series, year: number, seen: number): Promise<number> {
  const rows = await db.$queryRaw<{ next: number }[]>`
    INSERT INTO "number_series" AS s ("name", "year", "next") VALUES (${series}, ${year}, ${seen + 1})
    ON CONFLICT ("name", "year") DO UPDATE SET "next" = GREATEST(s."next", EXCLUDED."next") RETURNING "next"`;
  return rows[0]!.next;
}

export async function listSeries(db: Db): Promise<{ name: string; year: number; next: number }[]> {
  return await db.numberSeries.findMany({ orderBy: [{ name: 'asc' }, { year: 'asc' }], select: { name: true, year: true, next: true } });
}
