/** What a usual run leaves out and `npm run test:long` has: more of the same at other clouds, moments and orders. */
import { it } from 'vitest';

export const LONG = process.env['PLINTH_LONG_TESTS'] === '1';

/** A test of `npm run test:long`; in a usual run it is skipped. */
export const longIt = it.runIf(LONG);
