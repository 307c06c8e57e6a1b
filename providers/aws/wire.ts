/** How EC2 and what belongs to it are spoken to: forms in, XML or JSON back. */
import type { z } from 'zod';
import type { Speech } from '../http.ts';
import { amazon, readXml, signed } from '../kit/amazon/api.ts';
import { type Dialect, type Query, Rest } from '../kit/rest.ts';
import type { AccountConnection } from '../provider.ts';
import { descriptor } from './descriptor.ts';

export type Service = 'ec2' | 'sts' | 'monitoring' | 'pricing';
export const VERSIONS = { ec2: '2016-11-15', sts: '2011-06-15', monitoring: '2010-08-01' } as const;
/** The price list is told in three places only, for all regions. */
const PRICING_REGION = 'us-east-1';

/** `{a: 1, b: undefined}` as a form. */
export function form(values: unknown): string {
  const given = Object.entries(values as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return new URLSearchParams(Object.fromEntries(given.map(([key, value]) => [key, String(value)]))).toString();
}

const xml: Speech = { accept: 'text/xml', contentType: 'application/x-www-form-urlencoded; charset=utf-8', write: form, read: readXml };
const json: Speech = { accept: 'application/json', contentType: 'application/x-amz-json-1.1', write: JSON.stringify, read: JSON.parse };

const NO_ROOM =
  /^InsufficientInstanceCapacity$|^InsufficientHostCapacity$|^InsufficientAddressCapacity$|^InsufficientFreeAddressesInSubnet$|^Unsupported$/;

const base: Dialect = {
  ...amazon,
  provider: 'aws',
  name: 'AWS',
  refusals: [
    { code: 'PendingVerification', kind: 'forbidden', remedy: 'AWS still checks the account; that takes up to four hours.' },
    { code: 'OptInRequired', kind: 'forbidden', remedy: 'Sign up for EC2, or enable the region, in the AWS console.' },
    { code: NO_ROOM, kind: 'out_of_stock', remedy: 'Choose another type, or try later.' },
    { code: 'VPCIdNotSpecified', kind: 'invalid', remedy: 'The region has no default network: name a subnet in the account’s settings.' },
    { code: 'OperationNotPermitted', kind: 'forbidden', remedy: 'Take its protection against termination off in the AWS console.' },
    { code: /\.NotFound$|^InvalidAMIID\.Unavailable$/, kind: 'not_found' },
    { code: /\.Duplicate$/, kind: 'conflict', as: 'taken' },
    {
      code: /^Incorrect(?:Instance)?State$|^DependencyViolation$|\.InUse$|^VolumeInUse$|^Idempotent|^InvalidInstanceID$|^ConcurrentTagAccess$/,
      kind: 'conflict',
    },
    ...amazon.refusals,
  ],
  pages: {
    first: {},
    next: (answer) => {
      const { nextToken } = answer as { nextToken?: unknown };
      return typeof nextToken === 'string' && nextToken !== '' ? { NextToken: nextToken } : null;
    },
  },
  // No capacity comes as a 500: nothing was done.
  refused: (status, body) => amazon.refused(status, body) || NO_ROOM.test(amazon.said(body).code ?? ''),
  // "Not found" is told for some seconds of what was just made.
  consistencyMs: { real: 20_000, simulator: 1_500 },
};

export const dialectOf = (service: Service): Dialect => ({
  ...base,
  speech: service === 'pricing' ? json : xml,
  signer: (connection) => signed(service, service === 'pricing' ? PRICING_REGION : (connection.credential['region'] ?? ''), connection),
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
