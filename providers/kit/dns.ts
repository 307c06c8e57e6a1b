/**
 * Names in zones, whoever holds them: one life of a record. A name is found by its mark or taken once, never where somebody
 * else's record stands, changed after a look, forgotten only when record and listing agree. Where a record cannot carry a
 * mark, a TXT record beside it does.
 */
import { isIPv4 } from 'node:net';
import { shortIpv6 } from '../../lib/addresses.ts';
import { isProviderError, type ProviderError } from '../errors.ts';
import { identityOf, visibleTags } from '../identity.ts';
import type { AccountInfo, CallOptions, DnsClient, DnsRecordSummary, Page, Zone } from '../provider.ts';
import type { Created, Json, Properties, ReadResult, ResourceDefinition } from '../resource.ts';
import { signalOf } from '../wait.ts';
import type { Rest } from './rest.ts';
import type { Call, Context } from './server-sheet.ts';
import { windowOf } from './window.ts';

const TIMEOUTS = { create: 5 * 60_000, update: 5 * 60_000, delete: 5 * 60_000 } as const;
const ROUNDS = 3;
/** A mark that only one record of a name and type carries, because we made it. */
const OWN_MARK = /^plinth(-urn-[a-z0-9]{24}| vps-[a-z0-9]+)$/;
const OF_VPS = /^plinth vps-/;
/** Where such a record of somebody else stands, the name is theirs. */
const LEADS_ELSEWHERE = new Set(['A', 'AAAA', 'CNAME', 'NS']);

/** A record as every provider has it; names are whole, in small letters, without the root's dot. */
export interface Held {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  /** What it tells of its owner; null where it tells nothing. */
  readonly mark: string | null;
  readonly proxied?: boolean | null;
  /** What grows with age. */
  readonly age?: string;
}

/** What a program wants, besides what only this provider knows. */
export interface Wanted {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  /** Seconds. */
  readonly ttl: number;
  readonly mark: string;
  readonly inputs: Properties;
}

/** `R` is one record (or set of one name and type) as the provider tells it. */
export interface DnsSheet<R> extends Pick<ResourceDefinition, 'token' | 'inputs' | 'outputs' | 'stableOutputs' | 'check'> {
  /** The input that names the zone. */
  readonly zoneInput: string;
  /** The program's words in common ones; `comment` is its mark. */
  readonly asked: (inputs: Properties) => { name: string; type: string; content: string; ttl: number; comment: Json | undefined };
  readonly zones: (call: Call, name?: string) => Promise<readonly Zone[]>;
  readonly zone: (call: Call, id: string) => Promise<Zone>;
  /** Every record of a name, of all types; more do no harm. */
  readonly named: (call: Call, zone: Zone, name: string) => Promise<readonly R[]>;
  readonly page: (call: Call, zone: Zone, cursor: string | null) => Promise<Page<R>>;
  readonly get: (call: Call, zone: Zone, id: string) => Promise<R | null>;
  /** Rejects with `conflict` where the provider says that it is there already. */
  readonly add: (call: Call, zone: Zone, wanted: Wanted) => Promise<R>;
  /** The whole record anew; may be repeated. @param mark what it was marked with before, where that is another */
  readonly set: (call: Call, zone: Zone, id: string, wanted: Wanted, mark?: string) => Promise<R>;
  /** One that is gone already counts as done. @param mark whose it is; undefined where nobody marked it */
  readonly remove: (call: Call, zone: Zone, id: string, mark?: string) => Promise<unknown>;
  readonly view: (record: R, zone: Zone) => Held;
  readonly present: (record: R, zone: Zone, known: Properties) => { inputs: Properties; outputs: Properties };
  /** `beside`: records carry no mark, so a TXT record beside them does. `together`: add, set and remove write that one too. */
  readonly carrier: 'record' | 'beside' | 'together';
}

export class Records<R> {
  readonly sheet: DnsSheet<R>;
  readonly #zones = new WeakMap<Rest, Map<string, Promise<Zone>>>();
  constructor(sheet: DnsSheet<R>) {
    this.sheet = sheet;
  }

  /** A zone's name never changes, so it is asked for once. */
  zone(call: Call, id: string): Promise<Zone> {
    const known = this.#zones.get(call.client) ?? new Map<string, Promise<Zone>>();
    this.#zones.set(call.client, known);
    const zone = known.get(id) ?? this.sheet.zone(call, id).then((found) => ({ ...found, name: plainName(found.name) }));
    known.set(id, zone);
    zone.catch(() => known.delete(id));
    return zone;
  }

  async #named(call: Call, zone: Zone, name: string): Promise<Held[]> {
    // A filter that the provider stopped knowing would be ignored, not refused.
    const found = (await this.sheet.named(call, zone, name)).map((record) => this.sheet.view(record, zone));
    return found
      .filter((held) => held.name === name)
      .toSorted((a, b) => (a.age ?? a.id).localeCompare(b.age ?? b.id, 'en', { numeric: true }));
  }

  #wanted({ urn }: Context, zone: Zone, inputs: Properties): Wanted {
    const { name, type, content, ttl, comment } = this.sheet.asked(inputs);
    const mark = typeof comment === 'string' ? comment : identityOf(urn, []).tag;
    return { name: fqdn(name, zone.name), type, content: canonicalContent(type, content), ttl, mark, inputs };
  }

  /**
   * Our record, if there is one. Throws `conflict` when someone else's stands where only ours may.
   * @param known the record that is being changed
   */
  async #own(ctx: Context, zone: Zone, wanted: Wanted, known?: string): Promise<Held | undefined> {
    const ofName = await this.#named(ctx, zone, wanted.name);
    const marks = await this.#marks(ctx, zone, wanted);
    const isUnique = OWN_MARK.test(wanted.mark);
    const isOurs = ({ type, mark, content }: Held): boolean =>
      (this.sheet.carrier === 'record' ? mark : marks[0]) === wanted.mark &&
      (isUnique || canonicalContent(type, content) === wanted.content);
    const own = ofName.filter((held) => held.type === wanted.type && isOurs(held));
    if (own.length > 1) {
      const others = own.slice(1).map(({ id }) => id);
      ctx.log('warning', `${wanted.type} ${wanted.name}: more than one record is marked "${wanted.mark}"; also ${others.join(', ')}.`);
    }
    // Programs of others may want several records of one name; a VPS's name leads to that VPS alone.
    if (own.length > 0 || !OF_VPS.test(wanted.mark)) return own[0];
    const foreign = await this.#foreign(ctx, zone, wanted, ofName, known);
    if (foreign) throw this.#taken(ctx, wanted, foreign);
    return undefined;
  }

  async #foreign(ctx: Context, zone: Zone, wanted: Wanted, ofName: readonly Held[], known?: string): Promise<string | undefined> {
    for (const { id, type, mark } of ofName) {
      if (!LEADS_ELSEWHERE.has(type) || id === known) continue;
      const told = this.sheet.carrier === 'record' ? mark : (await this.#marks(ctx, zone, { ...wanted, type }))[0];
      if (told !== wanted.mark) return type;
    }
    const [first] = await this.#marks(ctx, zone, wanted);
    return first === undefined || first === wanted.mark ? undefined : 'TXT';
  }

  /** Where marks stand beside: whose the name and type are, the first comer first. */
  async #marks(call: Call, zone: Zone, wanted: Pick<Wanted, 'name' | 'type'>): Promise<string[]> {
    return (await this.#claims(call, zone, wanted)).map(({ content }) => content);
  }
  async #claims(call: Call, zone: Zone, wanted: Pick<Wanted, 'name' | 'type'>): Promise<Held[]> {
    if (this.sheet.carrier === 'record') return [];
    const found = await this.#named(call, zone, claimName(wanted));
    return found.filter(({ type }) => type === 'TXT').map((held) => ({ ...held, content: held.content.replaceAll('"', '') }));
  }

  /** Writes the mark beside before the record; the first of several wins. */
  async #claim(ctx: Context, zone: Zone, wanted: Wanted): Promise<void> {
    if (this.sheet.carrier !== 'beside' || (await this.#marks(ctx, zone, wanted)).includes(wanted.mark)) return;
    const text: Wanted = { ...wanted, name: claimName(wanted), type: 'TXT', content: wanted.mark, inputs: {} };
    await this.#once(
      ctx,
      async () => (await this.#claims(ctx, zone, wanted)).find(({ content }) => content === wanted.mark),
      () => this.sheet.add(ctx, zone, text),
    );
    const [first] = await this.#marks(ctx, zone, wanted);
    if (first === wanted.mark) return;
    await this.#unclaim(ctx, zone, wanted);
    throw this.#taken(ctx, wanted, wanted.type);
  }

  async #unclaim(call: Call, zone: Zone, wanted: Pick<Wanted, 'name' | 'type' | 'mark'>): Promise<void> {
    if (this.sheet.carrier !== 'beside') return;
    for (const { id, content } of await this.#claims(call, zone, wanted))
      if (content === wanted.mark) await this.sheet.remove(call, zone, id);
  }

  /** Makes it unless it is there; looks again after a lost answer, and where the provider says that it is there. */
  async #once(ctx: Context, look: () => Promise<Held | undefined>, add: () => Promise<R>): Promise<R | Held> {
    for (let round = 1; ; round++) {
      const known = await look();
      if (known) return known;
      try {
        return await add();
      } catch (error) {
        if (!isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
        const late = error.kind === 'conflict' ? await look() : await windowOf(ctx, 'a record to appear', look);
        if (late) return late;
        if (error.kind === 'conflict' || round >= ROUNDS) throw error;
      }
    }
  }

  async #create(ctx: Context, inputs: Properties): Promise<Created> {
    const zone = await this.zone(ctx, String(inputs[this.sheet.zoneInput]));
    const wanted = this.#wanted(ctx, zone, inputs);
    await this.#own(ctx, zone, wanted);
    await this.#claim(ctx, zone, wanted);
    let added: R | undefined;
    const add = async (): Promise<R> => (added = await this.sheet.add(ctx, zone, wanted));
    const made = await this.#once(ctx, () => this.#own(ctx, zone, wanted), add).catch(async (error: unknown) => {
      if (!isProviderError(error, 'conflict')) throw error;
      const [inTheWay] = await this.#named(ctx, zone, wanted.name);
      throw inTheWay ? this.#taken(ctx, wanted, inTheWay.type, error) : error;
    });
    const record = added ?? (await this.sheet.set(ctx, zone, (made as Held).id, wanted));
    return { id: this.sheet.view(record, zone).id, outputs: this.sheet.present(record, zone, inputs).outputs };
  }

  /** Whoever asked for the name may not see that record: its id, content and comment may be another customer's. */
  #taken({ client }: Call, { name }: Wanted, type: string, cause?: ProviderError): ProviderError {
    const code = cause?.detail.providerCode;
    return client.error(
      'conflict',
      `The name ${name} is taken: a record of type ${type} that is not this VPS's stands there, ` +
        `and it was left as it is. Choose another name; whoever runs the zone at ${client.dialect.name} can see whose it is.`,
      code === undefined ? {} : { providerCode: code },
    );
  }

  async #read(ctx: Context, id: string, state?: { inputs: Properties; outputs: Properties }): Promise<ReadResult | null> {
    const [zoneId, recordId] = this.#identify(ctx, id, state?.inputs ?? {});
    const zone = await this.zone(ctx, zoneId);
    // A 404 of something new is no absence.
    const record = await windowOf(ctx, 'a record to appear', () => this.sheet.get(ctx, zone, recordId));
    if (record) return { id: recordId, ...this.sheet.present(record, zone, state?.inputs ?? {}) };
    // A single answer is not enough to forget a record: the list must not have it either.
    const listed = state?.outputs
      ? await this.#named(ctx, zone, fqdn(this.sheet.asked(state.outputs).name, zone.name))
      : (await this.#all(ctx, zone)).map((each) => this.sheet.view(each, zone));
    if (!listed.some((held) => held.id === recordId)) return null;
    throw ctx.client.error(
      'malformed',
      `${ctx.client.dialect.name} says that record ${recordId} does not exist, and lists it. Try again later.`,
    );
  }

  async #all(call: Call, zone: Zone): Promise<R[]> {
    const all: R[] = [];
    for (let cursor: string | null = null, page: Page<R>; ; cursor = page.next) {
      page = await this.sheet.page(call, zone, cursor);
      all.push(...page.items);
      if (page.next === null) return all;
    }
  }

  /** An import's id is `<zone id>/<record id>`. */
  #identify({ client }: Call, id: string, inputs: Properties): [string, string] {
    const known = inputs[this.sheet.zoneInput];
    if (typeof known === 'string' && !id.startsWith(`${known}/`)) return [known, id];
    const slash = id.indexOf('/');
    if (slash > 0) return [id.slice(0, slash), id.slice(slash + 1)];
    throw client.error('invalid', `To import a DNS record, give "<zone id>/<record id>" instead of "${id}".`);
  }

  async #update(ctx: Context, id: string, old: Properties, inputs: Properties): Promise<Properties> {
    const zone = await this.zone(ctx, String(inputs[this.sheet.zoneInput]));
    const [before, wanted] = [this.#wanted(ctx, zone, old), this.#wanted(ctx, zone, inputs)];
    const isRenamed = before.name !== wanted.name;
    // A record that gets another name comes to stand beside whoever has that name already.
    if (isRenamed) await this.#own(ctx, zone, wanted, id);
    await this.#claim(ctx, zone, wanted);
    const record = await this.sheet.set(ctx, zone, id, wanted, before.mark);
    if (isRenamed) await this.#unclaim(ctx, zone, before);
    return this.sheet.present(record, zone, inputs).outputs;
  }

  async #delete(ctx: Context, id: string, outputs: Properties): Promise<void> {
    const zone = await this.zone(ctx, String(outputs[this.sheet.zoneInput]));
    const wanted = this.#wanted(ctx, zone, outputs);
    await this.sheet.remove(ctx, zone, id, wanted.mark);
    await this.#unclaim(ctx, zone, wanted);
  }

  resource(): ResourceDefinition<Rest> {
    const { token, inputs, outputs, stableOutputs, check } = this.sheet;
    return {
      token,
      inputs,
      outputs,
      timeoutsMs: TIMEOUTS,
      ...(stableOutputs ? { stableOutputs } : {}),
      ...(check ? { check } : {}),
      // Old and new of one name would have one identity: the new would adopt the old, and its delete remove both.
      deleteBeforeReplace: true,
      create: (ctx, all) => this.#create(ctx, all),
      read: (ctx, id, state) => this.#read(ctx, id, state),
      update: (ctx, id, { oldInputs, inputs: wanted }) => this.#update(ctx, id, oldInputs, wanted),
      delete: (ctx, id, told) => this.#delete(ctx, id, told),
    };
  }

  /** Zones and records of one account, for the service. */
  client(client: Rest, account: (o?: CallOptions) => Promise<AccountInfo>): DnsClient {
    const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
    const toSummary = ({ id, name, type, content, mark, proxied }: Held): DnsRecordSummary => ({
      id,
      name,
      type,
      content,
      comment: mark,
      proxied: proxied ?? null,
    });
    /** Marks that stand beside, as the records' own; `beside` has the records among which they are. */
    const withMarks = (held: Held[], beside: readonly Held[]): Held[] => {
      if (this.sheet.carrier === 'record') return held;
      const texts = new Map(beside.filter(({ type }) => type === 'TXT').map(({ name, content }) => [name, content.replaceAll('"', '')]));
      return held.map((each) => ({ ...each, mark: texts.get(claimName(each)) ?? null }));
    };
    const everything = async (o: CallOptions | undefined, zone: Zone): Promise<Held[]> =>
      this.sheet.carrier === 'record' ? [] : (await this.#all(call(o), zone)).map((record) => this.sheet.view(record, zone));
    return {
      account,
      zones: async (o) => [...(await this.sheet.zones(call(o)))],
      findZone: async (name, o) => {
        const wanted = plainName(name);
        return (await this.sheet.zones(call(o), wanted)).find((zone) => plainName(zone.name) === wanted) ?? null;
      },
      listRecords: async (zoneId, cursor, o) => {
        const zone = await this.zone(call(o), zoneId);
        const { items, next } = await this.sheet.page(call(o), zone, cursor ?? null);
        const held = items.map((record) => this.sheet.view(record, zone));
        return { items: withMarks(held, await everything(o, zone)).map(toSummary), next };
      },
      findRecords: async (zoneId, name, o) => {
        const zone = await this.zone(call(o), zoneId);
        const held = await this.#named(call(o), zone, fqdn(name, zone.name));
        return withMarks(held, (await Promise.all(held.map((each) => this.#claims(call(o), zone, each)))).flat()).map(toSummary);
      },
      deleteRecord: async (zoneId, recordId, o) => {
        const zone = await this.zone(call(o), zoneId);
        const record = this.sheet.carrier === 'record' ? null : await this.sheet.get(call(o), zone, recordId);
        const held = record && this.sheet.view(record, zone);
        const [mark] = held ? await this.#marks(call(o), zone, held) : [];
        await this.sheet.remove(call(o), zone, recordId, mark);
        if (held && mark !== undefined) await this.#unclaim(call(o), zone, { ...held, mark });
      },
    };
  }
}

/** The name beside a record that tells whose it is. */
export function claimName({ name, type }: Pick<Wanted, 'name' | 'type'>): string {
  return `_plinth-${type.toLowerCase()}.${name.replace(/^\*\./, '_any.')}`;
}

export function plainName(name: Json | undefined): string {
  return String(name ?? '')
    .toLowerCase()
    .replace(/\.$/, '');
}

/** A program's comment: a mark that we made from the URN is hidden again. */
export function visibleComment(comment: string | null | undefined): string | undefined {
  return comment == null || comment === '' || visibleTags([comment]).length === 0 ? undefined : comment;
}

/** Whole names; `www`, `@` and `www.example.com.` are taken too. */
export function fqdn(name: string, zone: string): string {
  const bare = plainName(name.trim());
  if (bare === '@' || bare === '' || bare === zone) return zone;
  return bare.endsWith(`.${zone}`) ? bare : `${bare}.${zone}`;
}

/** The part of a whole name below its zone; `apex` for the zone's own. */
export function below(name: string, zone: string, apex: string): string {
  return name === zone ? apex : name.slice(0, -zone.length - 1);
}

/** The same content, however it is written: addresses by value, names without case and final dot. */
export function canonicalContent(type: string, content: string): string {
  const text = content.trim();
  if (type === 'AAAA') return shortIpv6(text) ?? text.toLowerCase();
  return type === 'CNAME' || type === 'MX' || type === 'NS' || type === 'PTR' ? plainName(text) : text;
}

/** What the content of an A or AAAA record should be and is not; null where it is, and of other types. */
export function wrongAddress(type: Json | undefined, content: Json | undefined): 'IPv4' | 'IPv6' | null {
  if (typeof content !== 'string') return null;
  if (type === 'A') return isIPv4(content.trim()) ? null : 'IPv4';
  return type === 'AAAA' && shortIpv6(content.trim()) === undefined ? 'IPv6' : null;
}

export const sameName = (a: Json | undefined, b: Json | undefined): boolean => plainName(a) === plainName(b);
export const sameContent = (a: Json | undefined, b: Json | undefined): boolean => {
  const [left, right] = [shortIpv6(String(a ?? '')), shortIpv6(String(b ?? ''))];
  return left === undefined ? String(a ?? '') === String(b ?? '') : left === right;
};
