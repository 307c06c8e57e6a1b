/** How Amazon's services are spoken to: Signature Version 4 on every call, XML back, and how all of them say no. */
import { AwsV4Signer } from 'aws4fetch';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { Outgoing, Signer } from '../../http.ts';
import type { AccountConnection } from '../../provider.ts';
import type { Dialect, Said as Told } from '../rest.ts';

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: true,
  isArray: (name) => name === 'item' || name === 'member',
});

/** Lists are elements of `item` or `member`: they become arrays. An empty element is an empty text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const all = value as Record<string, unknown>;
  const list = all['item'] ?? all['member'];
  if (Array.isArray(list) && Object.keys(all).length === 1) return list.map(plain);
  return Object.fromEntries(Object.entries(all).map(([key, each]) => [key, plain(each)]));
}

/** What is below the root element. @throws for what is no XML */
export function readXml(text: string): unknown {
  if (XMLValidator.validate(text) !== true) throw new Error('no XML');
  const document = parser.parse(text) as Record<string, unknown>;
  const root = Object.entries(document).find(([name]) => !name.startsWith('?'))?.[1];
  return plain(root === '' ? {} : root);
}

/** Amazon takes signatures that are five minutes old or early (Signature Version 4); what is that far off is the clock, not the key. */
const CLOCK_OFF_MS = 4 * 60_000;

/**
 * Every call with a signature of its own, for a service in a region. A refusal that carries a time far from ours tells Amazon's
 * clock, whatever its code: services name it RequestExpired, SignatureDoesNotMatch or AuthFailure.
 */
export function signed(service: string, region: string, { credential }: AccountConnection): Signer {
  const { accessKeyId = '', secretAccessKey = '', sessionToken } = credential;
  let aheadMs = 0;
  return {
    async sign({ method, url, headers, body }: Outgoing) {
      const keys = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
      const target = headers['x-amz-target'];
      const own = target === undefined ? {} : { 'x-amz-target': target };
      const datetime = new Date(Date.now() + aheadMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
      const signer = new AwsV4Signer({ method, url, headers: own, ...(body === null ? {} : { body }), ...keys, service, region, datetime });
      return Object.fromEntries((await signer.sign()).headers);
    },
    outOfTime(_, __, headers) {
      const ahead = Date.parse(headers.get('date') ?? '') - Date.now();
      if (!(Math.abs(ahead - aheadMs) > CLOCK_OFF_MS)) return false;
      aheadMs = ahead;
      return true;
    },
  };
}

const problem = z.object({ Code: z.string(), Message: z.string().catch('') });
const Said = z.union([
  z.object({ Errors: z.object({ Error: problem }) }).transform(({ Errors }) => Errors.Error),
  z.object({ Error: problem }).transform(({ Error }) => Error),
  z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() }).transform((each) => ({
    Code: each.__type.split('#').at(-1)!,
    Message: each.message ?? each.Message ?? '',
  })),
]);
const saidBy = (body: unknown): Told => {
  const { data } = Said.safeParse(body);
  return data ? { code: data.Code, text: data.Message } : {};
};

const TOO_FAST = /^(?:Client\.)?RequestLimitExceeded$|^Throttling(?:Exception)?$/;

/** What every service's dialect has. */
export const amazon = {
  headers: () => ({}),
  said: saidBy,
  refusals: [
    {
      code: /^AuthFailure$|^InvalidClientTokenId$|^SignatureDoesNotMatch$|^UnrecognizedClientException$|^InvalidSignatureException$|^MissingAuthenticationToken(?:Exception)?$|^ExpiredToken(?:Exception)?$|^RequestExpired$/,
      kind: 'credentials',
    },
    {
      code: /^UnauthorizedOperation$|^AccessDenied(?:Exception)?$|^Blocked$/,
      kind: 'forbidden',
      remedy: 'Give the key’s user the right that AWS names; README.md lists all that are needed.',
    },
    { code: TOO_FAST, kind: 'rate_limited' },
    {
      code: /(?:Limit|Rate|Count)Exceeded$/,
      kind: 'quota',
      remedy: 'Ask for a higher quota in the AWS console under Service Quotas, or use another account.',
    },
    { code: /^InternalError$|^InternalFailure$|^Unavailable$|^ServiceUnavailable$/, kind: 'provider_down' },
  ],
  remedies: { credentials: 'Check the account’s access key, its secret and this machine’s clock.' },
  // Too many calls come as a 503: nothing was done.
  refused: (_: number, body: unknown): boolean => TOO_FAST.test(saidBy(body).code ?? ''),
} as const satisfies Partial<Dialect>;
