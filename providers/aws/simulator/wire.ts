/** What calls of EC2 look like from the other side: forms, XML. */
import type { Request } from 'express';
import type { SimAccount } from '../../../providers/simulation.ts';
import { text } from '../../../simulator/cloud/amazon-gate.ts';
import { Refusal, type RefusalKind } from '../../../simulator/cloud/model.ts';

const NAMESPACES: Readonly<Record<string, string>> = {
  ec2: 'http://ec2.amazonaws.com/doc/2016-11-15/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  monitoring: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
};
/** A call's form, wherever it stood. */
export function paramsOf(request: Request): URLSearchParams {
  return request.method === 'GET' ? new URL(request.originalUrl, 'http://simulator').searchParams : new URLSearchParams(text(request));
}

/** One call in EC2's words. */
export class Asked {
  readonly account: SimAccount;
  readonly region: string;
  readonly params: URLSearchParams;
  /** Keys, groups and addresses belong to an account in a region. */
  readonly owner: string;
  constructor(account: SimAccount, region: string, params: URLSearchParams) {
    this.account = account;
    this.region = region;
    this.params = params;
    this.owner = `${account.id}@${region}`;
  }
  get(name: string): string {
    return this.params.get(name) ?? '';
  }
  required(name: string): string {
    const value = this.get(name);
    if (value === '') throw new Refusal('invalid', `The request must contain the parameter ${name}`, 'MissingParameter');
    return value;
  }
  /** `name.1`, `name.2` … */
  list(name: string): string[] {
    return this.numbers(name).map((number) => this.get(`${name}.${number}`));
  }
  /** The numbers that stand behind a name, in order. */
  numbers(name: string): number[] {
    const found = [...this.params.keys()].flatMap((key) =>
      key.startsWith(`${name}.`) ? [Number(key.slice(name.length + 1).split('.', 1)[0])] : [],
    );
    return [...new Set(found)].toSorted((a, b) => a - b);
  }
  pairs(prefix = 'Tag'): Record<string, string> {
    return Object.fromEntries(this.numbers(prefix).map((n) => [this.get(`${prefix}.${n}.Key`), this.get(`${prefix}.${n}.Value`)]));
  }
  /** Tags for what is made. */
  tagsFor(type: string): Record<string, string> {
    const place = this.numbers('TagSpecification').find((n) => this.get(`TagSpecification.${n}.ResourceType`) === type);
    return place === undefined ? {} : this.pairs(`TagSpecification.${place}.Tag`);
  }
  /** Whether something passes all filters; `values` of a filter's name, undefined for one that is not known. */
  passes(values: (name: string) => readonly string[] | undefined): boolean {
    return this.numbers('Filter').every((n) => {
      const name = this.get(`Filter.${n}.Name`);
      const told = values(name);
      if (told === undefined) throw new Refusal('invalid', `The filter '${name}' is invalid`, 'InvalidParameterValue');
      return this.list(`Filter.${n}.Value`).some((wanted) => told.some((each) => matches(wanted, each)));
    });
  }
  /** The page that is asked for, and the token of the next. */
  page<T>(items: readonly T[], most = 1_000, least = 5): { items: T[]; nextToken?: string } {
    const size = Number(this.get('MaxResults') || most);
    if (size < least || size > most) throw new Refusal('invalid', `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`, 'InvalidParameterValue'); // prettier-ignore
    const token = this.get('NextToken');
    const from = token === '' ? 0 : Number(Buffer.from(token, 'base64').toString());
    if (!Number.isInteger(from)) throw new Refusal('invalid', 'The token is invalid', 'InvalidNextToken');
    const next = from + size < items.length ? { nextToken: Buffer.from(String(from + size)).toString('base64') } : {};
    return { items: items.slice(from, from + size), ...next };
  }
}

export type Actions = Record<string, (asked: Asked) => object>;

export function matches(pattern: string, value: string): boolean {
  if (!pattern.includes('*')) return pattern === value;
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(value);
}

const escape = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A list becomes elements of `item`, at CloudWatch of `member`. */
export function element(name: string, value: unknown, item = 'item'): string {
  if (value === undefined || value === null) return '';
  const inner = Array.isArray(value)
    ? value.map((each) => element(item, each, item)).join('')
    : typeof value === 'object'
      ? Object.entries(value)
          .map(([key, each]) => element(key, each, item))
          .join('')
      : escape(String(value));
  return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

export function answerXml(service: string, action: string, body: object, requestId: string): string {
  const inner = element(
    'x',
    service === 'ec2' ? { requestId, ...body } : { [`${action}Result`]: body, ResponseMetadata: { RequestId: requestId } },
    service === 'ec2' ? 'item' : 'member',
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="${NAMESPACES[service]}">${inner.slice(3, -4)}</${action}Response>`;
}

export function errorXml(code: string, message: string): string {
  const error = element('Errors', { Error: { Code: code, Message: message } });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${error}<RequestID>5b0b9a4f-0000-4000-8000-00000000e2c2</RequestID></Response>`;
}

/** Status and code by what the world refuses; a refusal's own code comes first. */
export const REFUSALS: Readonly<Record<RefusalKind, readonly [status: number, code: string]>> = {
  credentials: [401, 'AuthFailure'],
  forbidden: [403, 'UnauthorizedOperation'],
  read_only: [403, 'UnauthorizedOperation'],
  rate_limited: [503, 'RequestLimitExceeded'],
  not_found: [400, 'InvalidInstanceID.NotFound'],
  invalid: [400, 'InvalidParameterValue'],
  conflict: [400, 'IncorrectInstanceState'],
  taken: [400, 'InvalidKeyPair.Duplicate'],
  in_use: [400, 'DependencyViolation'],
  locked: [400, 'IncorrectInstanceState'],
  not_stopped: [400, 'IncorrectInstanceState'],
  protected: [400, 'OperationNotPermitted'],
  sold_out: [500, 'InsufficientInstanceCapacity'],
  quota: [400, 'VcpuLimitExceeded'],
  unpaid: [403, 'Blocked'],
  gone: [400, 'InvalidAction'],
  broken: [500, 'InternalError'],
};
