/** How AWS is spoken to: SigV4 on every call, forms in, XML or JSON back. */
import { AwsV4Signer } from 'aws4fetch';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { ApiClientOptions, Outgoing, Speech } from '../http.ts';
import { type Dialect, type Query, Rest } from '../kit/rest.ts';
import type { AccountConnection } from '../provider.ts';
import { descriptor } from './descriptor.ts';

export type Service = 'ec2' | 'sts' | 'monitoring' | 'pricing';
export const VERSIONS = { ec2: '2016-11-15', sts: '2011-06-15', monitoring: '2010-08-01' } as const;
/** The price list is told in three places only, for all regions. */
const PRICING_REGION = 'us-east-1';

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

/** `{a: 1, b: undefined}` as a form. */
export function form(values: unknown): string {
  const given = Object.entries(values as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return new URLSearchParams(Object.fromEntries(given.map(([key, value]) => [key, String(value)]))).toString();
}

const xml: Speech = { accept: 'text/xml', contentType: 'application/x-www-form-urlencoded; charset=utf-8', write: form, read: readXml };
const json: Speech = { accept: 'application/json', contentType: 'application/x-amz-json-1.1', write: JSON.stringify, read: JSON.parse };

function signed(service: Service, { credential }: AccountConnection): NonNullable<ApiClientOptions['sign']> {
  const { accessKeyId = '', secretAccessKey = '', sessionToken, region = '' } = credential;
  return async ({ method, url, headers, body }: Outgoing) => {
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    const scope = { service, region: service === 'pricing' ? PRICING_REGION : region };
    const target = headers['x-amz-target'];
    const own = target === undefined ? {} : { 'x-amz-target': target };
    const signer = new AwsV4Signer({ method, url, headers: own, ...(body === null ? {} : { body }), ...keys, ...scope });
    return Object.fromEntries((await signer.sign()).headers);
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
const saidBy = (body: unknown): { code?: string; text?: string } => {
  const { data } = Said.safeParse(body);
  return data ? { code: data.Code, text: data.Message } : {};
};

const NO_ROOM =
  /^InsufficientInstanceCapacity$|^InsufficientHostCapacity$|^InsufficientAddressCapacity$|^InsufficientFreeAddressesInSubnet$|^Unsupported$/;
const TOO_FAST = /^(?:Client\.)?RequestLimitExceeded$|^Throttling(?:Exception)?$/;

const base: Dialect = {
  provider: 'aws',
  name: 'AWS',
  headers: () => ({}),
  said: saidBy,
  refusals: [
    {
      code: /^AuthFailure$|^InvalidClientTokenId$|^SignatureDoesNotMatch$|^UnrecognizedClientException$|^InvalidSignatureException$|^MissingAuthenticationToken(?:Exception)?$|^ExpiredToken(?:Exception)?$|^RequestExpired$/,
      kind: 'credentials',
    },
    { code: 'PendingVerification', kind: 'forbidden', remedy: 'AWS still checks the account; that takes up to four hours.' },
    { code: 'OptInRequired', kind: 'forbidden', remedy: 'Sign up for EC2, or enable the region, in the AWS console.' },
    {
      code: /^UnauthorizedOperation$|^AccessDenied(?:Exception)?$|^Blocked$/,
      kind: 'forbidden',
      remedy: 'Give the key’s user the right that AWS names; README.md lists all that are needed.',
    },
    { code: TOO_FAST, kind: 'rate_limited' },
    { code: NO_ROOM, kind: 'out_of_stock', remedy: 'Choose another type, or try later.' },
    {
      code: /(?:Limit|Rate|Count)Exceeded$/,
      kind: 'quota',
      remedy: 'Ask for a higher quota in the AWS console under Service Quotas, or use another account.',
    },
    { code: 'VPCIdNotSpecified', kind: 'invalid', remedy: 'The region has no default network: name a subnet in the account’s settings.' },
    { code: 'OperationNotPermitted', kind: 'forbidden', remedy: 'Take its protection against termination off in the AWS console.' },
    { code: /\.NotFound$|^InvalidAMIID\.Unavailable$/, kind: 'not_found' },
    { code: /\.Duplicate$/, kind: 'conflict', as: 'taken' },
    {
      code: /^Incorrect(?:Instance)?State$|^DependencyViolation$|\.InUse$|^VolumeInUse$|^Idempotent|^InvalidInstanceID$|^ConcurrentTagAccess$/,
      kind: 'conflict',
    },
    { code: /^InternalError$|^InternalFailure$|^Unavailable$|^ServiceUnavailable$/, kind: 'provider_down' },
  ],
  remedies: { credentials: 'Check the account’s access key, its secret and this machine’s clock.' },
  pages: {
    first: {},
    next: (answer) => {
      const { nextToken } = answer as { nextToken?: unknown };
      return typeof nextToken === 'string' && nextToken !== '' ? { NextToken: nextToken } : null;
    },
  },
  // No capacity comes as a 500, too many calls as a 503: nothing was done.
  refused: (_, body) => {
    const { code = '' } = saidBy(body);
    return NO_ROOM.test(code) || TOO_FAST.test(code);
  },
  // "Not found" is told for some seconds of what was just made.
  consistencyMs: { real: 20_000, simulator: 1_500 },
};

export const dialectOf = (service: Service): Dialect => ({
  ...base,
  speech: service === 'pricing' ? json : xml,
  sign: (connection) => signed(service, connection),
});

/** The address of a service; whatever stands in for AWS has all of them at one. */
export function at(connection: AccountConnection, service: Service): AccountConnection {
  const { endpoint, credential } = connection;
  if (endpoint.baseUrl !== descriptor.apiBaseUrl) return connection;
  const host = service === 'pricing' ? `api.pricing.${PRICING_REGION}` : `${service}.${credential['region']}`;
  return { ...connection, endpoint: { ...endpoint, baseUrl: `https://${host}.amazonaws.com` } };
}

/** A look at a service that answers in XML. */
export async function ask<T>(
  connection: AccountConnection,
  service: 'sts' | 'monitoring',
  query: Query,
  shape: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T> {
  const rest = new Rest(dialectOf(service), at(connection, service));
  return rest.call({ path: '/', query: { ...query, Version: VERSIONS[service] }, signal }, shape);
}
