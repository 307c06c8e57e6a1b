/** A clock that stands until it is advanced, for development: organizations on it live a year in minutes. */
import { z } from 'zod';
import { OrganizationId, Timestamp } from './ids.ts';

export const TestClockId = z.uuid('a test clock’s id is a UUID').brand<'TestClockId'>();
const Instant = z.iso.datetime({ offset: true }).meta({ examples: ['2027-01-31T12:00:00Z'] });

export const TestClockCreate = z.strictObject({
  name: z.string().trim().min(1).max(100).default('test clock'),
  /** Where it stands. */
  at: Instant,
  /** Who lives by it; none of them may have bought anything yet. */
  organization_ids: z.array(OrganizationId).min(1).max(50),
});
export const TestClockAdvance = z.strictObject({ to: Instant });
export const TestClock = z.strictObject({
  id: TestClockId,
  name: z.string(),
  at: Timestamp,
  /** `advancing`: on its way to `target`, stopping at each instant at which something is due until that has settled. */
  status: z.enum(['ready', 'advancing']),
  target: Timestamp.nullable(),
  organization_ids: z.array(OrganizationId),
});
export type TestClock = z.infer<typeof TestClock>;
export const TestClockAnswer = z.strictObject({ clock: TestClock });
export const TestClockParams = z.strictObject({ id: TestClockId });
