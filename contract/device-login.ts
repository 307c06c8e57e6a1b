/** A command line that is let in by a person in the browser, on the wire. */
import { z } from 'zod';

/** Eight letters that are told apart, in two groups. */
export const UserCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-?[BCDFGHJKLMNPQRSTVWXZ]{4}$/, 'is a code of eight letters, as in BCDF-GHJK')
  .meta({ examples: ['BCDF-GHJK'] });
export const DeviceLoginBegin = z.strictObject({ client: z.string().trim().min(1).max(100) });
export const DeviceLoginBegun = z.strictObject({
  /** Kept by the program. */
  device_secret: z.string(),
  /** Shown to the person, who types or compares it in the browser. */
  user_code: z.string(),
  url: z.string(),
  expires_in_seconds: z.int(),
  interval_seconds: z.int(),
});
export const DeviceLoginPoll = z.strictObject({ device_secret: z.string().min(16).max(200) });
export const DeviceLoginState = z.strictObject({
  state: z.enum(['waiting', 'denied', 'done']),
  /** Of a token of 90 days, once. */
  token: z.string().nullable(),
});
export const DeviceLoginCode = z.strictObject({ user_code: UserCode });
export const DeviceLoginClient = z.strictObject({ client: z.string() });
export const DeviceLoginAnswer = z.strictObject({ user_code: UserCode, allow: z.boolean() });
