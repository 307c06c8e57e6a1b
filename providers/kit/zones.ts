/** A provider of zones and nothing else, told by its words: its resource, its clients and how a program declares a record. */
import { z } from 'zod';
import type { AccountConnection, AccountInfo, CallOptions, CredentialField, Descriptor, Provider } from '../provider.ts';
import type { CheckFailure, Properties } from '../resource.ts';
import { noServerLimits, nothing, strongPassword } from './descriptor.ts';
import {
  canonicalContent,
  plainName,
  Records,
  sameContent,
  sameName,
  visibleComment,
  wrongAddress,
  type DnsSheet,
  type Held,
} from './dns.ts';
import { text } from './object.ts';
import { Rest, type Dialect } from './rest.ts';

const VERSION = '1.0.0';

type Told = 'zones' | 'zone' | 'named' | 'page' | 'get' | 'add' | 'set' | 'remove' | 'carrier';

/** `R` is one record, or set of one name and type, as the provider tells it. */
export interface ZoneSheet<R> extends Pick<DnsSheet<R>, Told> {
  readonly id: string;
  readonly name: string;
  readonly apiBaseUrl: string;
  readonly docsUrl: string;
  readonly credential: z.ZodObject;
  readonly credentialFields: readonly CredentialField[];
  readonly simulatedCredential?: Descriptor['simulatedCredential'];
  /** Seconds that a record may be kept. */
  readonly ttl: { readonly min: number; readonly max: number };
  readonly rate: Descriptor['rate'];
  readonly dialect: Dialect;
  readonly account: (client: Rest, o?: CallOptions) => Promise<AccountInfo>;
  readonly view: (record: R, zone: Parameters<DnsSheet<R>['view']>[1]) => Held & { readonly ttl: number };
  /** What is wrong with a content of a type, told before anything is asked. */
  readonly objection?: (type: string, content: string) => string | undefined;
  /** The seconds that the provider makes of those that were asked for. */
  readonly ttlOf?: (seconds: number) => number;
}

export function zoneProvider<R>(sheet: ZoneSheet<R>): Provider {
  const { id, name, dialect, ttlOf = (seconds) => seconds } = sheet;
  const token = `${id}:index/record:Record`;
  const connect = (connection: AccountConnection): Rest => new Rest(dialect, connection);
  const records = new Records<R>({
    ...sheet,
    token,
    zoneInput: 'zone',
    inputs: {
      zone: { ...text, required: true, replace: true },
      name: { ...text, required: true, same: sameName, replace: true },
      type: { ...text, required: true, replace: true },
      ttl: { type: 'integer', required: true, min: 1 },
      content: { ...text, required: true, same: sameContent },
      comment: text,
    },
    outputs: {},
    check,
    asked: (inputs) => ({
      name: String(inputs['name'] ?? ''),
      type: String(inputs['type'] ?? ''),
      content: String(inputs['content'] ?? ''),
      ttl: ttlOf(Number(inputs['ttl'])),
      comment: inputs['comment'],
    }),
    present: (record, zone, known) => {
      const held = sheet.view(record, zone);
      // Where a record carries no mark, the program's own word stands for it.
      const comment = sheet.carrier === 'record' ? visibleComment(held.mark) : known['comment'];
      const told: Properties = {
        zone: known['zone'] ?? zone.id,
        name: sameName(known['name'], held.name) ? known['name']! : held.name,
        type: held.type,
        ttl: ttlOf(Number(known['ttl'])) === held.ttl ? known['ttl']! : held.ttl,
        content: isSame(held, String(known['content'] ?? '')) ? known['content']! : held.content,
        ...(comment === undefined ? {} : { comment }),
      };
      return { inputs: told, outputs: told };
    },
  });
  return {
    descriptor: descriptorOf(sheet),
    resources: [records.resource()],
    functions: [],
    recordedAs: { record: { token, zoneId: 'zone', name: 'name', type: 'type', content: 'content' } },
    connect,
    dns: (connection) => {
      const client = connect(connection);
      return records.client(client, (o) => sheet.account(client, o));
    },
    // The SDK is for programs: what only asks for records does without its weight.
    dnsRecord: async () => {
      const { Declared } = await import('./declare.ts');
      return {
        declare(resourceName, { zoneId: zone, name: record, type, content, ttl, comment }, opts) {
          const args = { zone, name: record, type, content, ttl, comment };
          const resource = new Declared(token, VERSION, resourceName, args, [], { deleteBeforeReplace: true, ...opts });
          return { resource, recordId: resource.id };
        },
      };
    },
  };

  function check({ type, content }: Properties): CheckFailure[] {
    const wanted = wrongAddress(type, content);
    const reason = wanted
      ? `"${String(content)}" is not an ${wanted} address (${name})`
      : typeof content === 'string'
        ? sheet.objection?.(String(type), content)
        : undefined;
    return reason === undefined ? [] : [{ property: 'content', reason }];
  }
}

function descriptorOf<R>(sheet: ZoneSheet<R>): Descriptor {
  const { id, name, apiBaseUrl, docsUrl, credential, credentialFields, simulatedCredential, ttl, rate } = sheet;
  return {
    id,
    name,
    roles: ['dns'],
    pulumiPackage: id,
    pulumiPackageVersion: VERSION,
    apiBaseUrl,
    simulatorPath: `/${id}`,
    credential,
    credentialFields,
    ...(simulatedCredential ? { simulatedCredential } : {}),
    options: z.strictObject({
      /** Zone offered first; '' = none. */
      defaultZone: z.string().default(''),
      /** Zones that may be used; empty = all that the account holds. */
      allowedZones: z.array(z.string()).default([]),
      /** Seconds. */
      ttl: z.number().int().min(ttl.min).max(ttl.max).default(300),
    }),
    capabilities: nothing(`${name} holds DNS zones, not servers.`),
    limits: noServerLimits,
    rate,
    password: { ...strongPassword, minLength: 8, maxLength: 128 },
    docsUrl,
  };
}

/** Names with and without the root's dot, texts with and without quotation marks: what a program wrote stands as long as it means that. */
function isSame({ type, content }: Held, known: string): boolean {
  const plain = (told: string): string => (type === 'TXT' ? told.replaceAll(/^"|"$|" "/g, '') : canonicalContent(type, told));
  return sameContent(known, content) || plain(known) === plain(content);
}

/** Texts in quotation marks, as zone files have them. */
export function quoted(type: string, content: string): string {
  return type === 'TXT' && !content.startsWith('"') ? JSON.stringify(content) : content;
}

/** `<name>/<type>`, for providers that hold sets. */
export function setId(name: string, type: string): string {
  return `${plainName(name)}/${type}`;
}
