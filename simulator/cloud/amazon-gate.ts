/** Who may enter at Amazon's services: signatures of Version 4, which are checked. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler } from 'express';
import { Refusal } from './model.ts';

const SKEW_MS = 5 * 60_000;

/** Forms and Amazon's own JSON arrive as text. */
export const textBodies: RequestHandler = express.text({ type: () => true, limit: '2mb' });

export const text = (request: Request): string => (typeof request.body === 'string' ? request.body : '');
const encode = (value: string): string =>
  encodeURIComponent(value).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
const hmac = (key: string | Buffer, value: string): Buffer => createHmac('sha256', key).update(value).digest();
const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');

export interface Scope {
  readonly key: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly headers: readonly string[];
  readonly signature: string;
}

export function scopeOf(request: Request): Scope | undefined {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.get('authorization') ?? '',
    );
  if (!found) return undefined;
  const [, key, date, region, service, headers, signature] = found as unknown as string[];
  return { key: key!, date: date!, region: region!, service: service!, headers: headers!.split(';'), signature: signature! };
}

/** The access key of a call whose signature is right, as the documentation of Signature Version 4 makes it. */
export function signer(request: Request, now: number): string | undefined {
  const scope = scopeOf(request);
  const stamp = request.get('x-amz-date') ?? '';
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!scope || !stamp.startsWith(scope.date)) return undefined;
  if (!(Math.abs(at - Date.now()) <= SKEW_MS || Math.abs(at - now) <= SKEW_MS))
    throw new Refusal('credentials', 'Request has expired.', 'RequestExpired');
  const url = new URL(request.originalUrl, 'http://simulator');
  const pairs = [...url.searchParams].map(([key, value]) => [encode(key), encode(value)] as const);
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const query = pairs.toSorted((a, b) => order(a[0], b[0]) || order(a[1], b[1])).map((pair) => pair.join('='));
  const headers = scope.headers.map((name) => `${name}:${(request.get(name) ?? '').trim().replaceAll(/\s+/g, ' ')}\n`);
  const canonical = [request.method, url.pathname, query.join('&'), headers.join(''), scope.headers.join(';'), sha256(text(request))].join(
    '\n',
  );
  const where = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const key = [scope.date, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(
    (last, part) => hmac(last, part),
    `AWS4${scope.key}-secret`,
  );
  const mine = hmac(key, ['AWS4-HMAC-SHA256', stamp, where, sha256(canonical)].join('\n'));
  if (!timingSafeEqual(mine, Buffer.from(scope.signature, 'hex')))
    throw new Refusal('credentials', 'AWS was not able to validate the provided access credentials', 'AuthFailure');
  return scope.key;
}
