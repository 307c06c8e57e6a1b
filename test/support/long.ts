/** What a usual run leaves out and `npm run test:long` has: more of the same at other clouds, moments and orders. */
export const LONG = process.env['PLINTH_LONG_TESTS'] === '1';
