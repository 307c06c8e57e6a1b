/** Route 53's XML: what is asked for, what is answered, and how it says no. */
import { XMLBuilder } from 'fast-xml-parser';
import { z } from 'zod';
import { amazon, readXml, signed } from '../kit/amazon/api.ts';
import type { Dialect, Query } from '../kit/rest.ts';
import type { Speech } from '../http.ts';

export const ID = 'route53';
export const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

/** What holds a list, and what each of it is called. */
const LISTS: Readonly<Record<string, string>> = {
  HostedZones: 'HostedZone',
  ResourceRecordSets: 'ResourceRecordSet',
  ResourceRecords: 'ResourceRecord',
  Changes: 'Change',
};

/** Lists become arrays, however many are in them. */
function listed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(listed);
  if (typeof value !== 'object' || value === null) return value;
  const each = ([key, inner]: [string, unknown]): [string, unknown] => {
    const item = LISTS[key];
    if (item === undefined) return [key, listed(inner)];
    const found = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[item] : [];
    return [key, [found ?? []].flat().map(listed)];
  };
  return Object.fromEntries(Object.entries(value).map(each));
}

/** What is below the root element. @throws for what is no XML */
export const read = (text: string): unknown => listed(readXml(text));

const builder = new XMLBuilder({ ignoreAttributes: false });
/** Elements in the order that they are given, which Route 53 minds. */
export function xmlOf(root: string, body: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${builder.build({ [root]: { '@_xmlns': NAMESPACE, ...body } })}`;
}

const speech: Speech = {
  accept: 'text/xml',
  contentType: 'text/xml; charset=utf-8',
  write: (body) => xmlOf('ChangeResourceRecordSetsRequest', body as object),
  read,
};

/** What signs for all regions signs for this one. */
const REGION = 'us-east-1';
const BATCH = 'InvalidChangeBatch';
/** Refused changes are told in a document of their own, or as everything else is. */
const Batch = z.object({ Messages: z.object({ Message: z.union([z.string(), z.array(z.string())]) }) });

/** One page begins where the one before said: each list has words of its own for it. */
function next(answer: unknown): Query | null {
  const told = answer as Record<string, string | undefined>;
  if (told['IsTruncated'] !== 'true') return null;
  if (told['NextMarker'] !== undefined) return { marker: told['NextMarker'] };
  if (told['NextDNSName'] !== undefined) return { dnsname: told['NextDNSName'], hostedzoneid: told['NextHostedZoneId'] };
  const { NextRecordName: name, NextRecordType: type, NextRecordIdentifier: identifier } = told;
  return { name, type, identifier };
}

export const dialect: Dialect = {
  ...amazon,
  provider: ID,
  name: 'Route 53',
  basePath: '/2013-04-01',
  speech,
  signer: (connection) => signed(ID, REGION, connection),
  said(body) {
    const { data } = Batch.safeParse(body);
    return data ? { code: BATCH, text: [data.Messages.Message].flat().join(' ') } : amazon.said(body);
  },
  refusals: [
    { code: BATCH, text: /already exists/, kind: 'conflict', as: 'taken' },
    { code: BATCH, text: /was not found/, kind: 'not_found' },
    { code: BATCH, text: /do(?:es)? not match/, kind: 'conflict' },
    { code: 'NoSuchHostedZone', kind: 'not_found' },
    // Another change of the zone is under way; nothing was done.
    { code: 'PriorRequestNotComplete', kind: 'rate_limited' },
    { code: 'LimitsExceeded', kind: 'quota', remedy: 'The zone is full: ask for more records under Service Quotas, or delete some.' },
    ...amazon.refusals,
  ],
  pages: { first: {}, next },
  consistencyMs: { real: 5_000, simulator: 500 },
};
