/** Cloudflare's manners: its envelope, its pages, and what its codes mean. */
import { z } from 'zod';
import type { Dialect } from '../kit/rest.ts';
import { descriptor, PROVIDER_ID } from './descriptor.ts';
import { Failure } from './types.ts';

const paged = z.looseObject({
  result: z.array(z.unknown()),
  result_info: z.looseObject({ per_page: z.number(), total_pages: z.number().optional() }),
});
const RIGHTS = 'Give the token Zone:Read and DNS:Edit for this zone.';
/** What answers in place of Cloudflare, a proxy's page say. */
const FOREIGN = 'foreign';

export const dialect: Dialect = {
  provider: PROVIDER_ID,
  name: descriptor.name,
  basePath: '/client/v4',
  headers: ({ token }) => ({ authorization: `Bearer ${token ?? ''}` }),
  said: (body) => {
    const { data } = Failure.safeParse(body);
    if (!data) return { code: FOREIGN };
    const all = data.errors.flatMap((error) => [error, ...(error.error_chain ?? [])]);
    return { code: all.map(({ code }) => code).join(' '), text: all.map(({ message }) => message).join(': ') };
  },
  refusals: [
    // A 404 of something in between is no proof that a record is gone.
    { code: FOREIGN, kind: 'malformed' },
    { code: /\b81044\b/, kind: 'not_found' },
    { code: /\b8105[3-8]\b/, kind: 'conflict' },
    { text: /unauthorized to access/i, kind: 'forbidden', remedy: RIGHTS },
    {
      code: /\b(1000|1001|6003|6103|6111|9103|9106|9107|9109|10000|10001)\b/,
      kind: 'credentials',
      remedy: 'Check that the API token is complete, not revoked or expired, and has Zone:Read and DNS:Edit for this zone.',
    },
    // "Could not route": an identifier in the path is wrong, which says nothing about the record.
    { code: /\b700[013]\b/, kind: 'invalid', remedy: 'The zone’s or record’s id is wrong, or the zone has left the account.' },
    { status: 404, kind: 'invalid' },
    { status: [402, 412, 423], kind: 'unexpected' },
  ],
  remedies: { forbidden: RIGHTS },
  pages: {
    first: { page: 1 },
    next: (answer, asked) => {
      const { result, result_info: info } = paged.parse(answer);
      const page = Number(asked['page']);
      const more = info.total_pages === undefined ? result.length >= info.per_page : page < info.total_pages;
      return more && result.length > 0 ? { ...asked, page: page + 1 } : null;
    },
  },
  consistencyMs: { real: 5_000, simulator: 500 },
};
