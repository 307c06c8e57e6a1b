/**
 * Signed messages over TCP, one connection a call, told in the words of the floor (http.ts): what was understood is 200, a refusal
 * 400 with its code. An answer is believed when the key signed it; unsigned, only one that
 * says that nothing was done for us: of those, none makes a record appear or vanish.
 */
import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { ProviderError, type ProviderErrorKind } from '../errors.ts';
import type { Carrier } from '../http.ts';
import type { AccountConnection } from '../provider.ts';
import { accountOf, ID } from './credential.ts';
import { ERRORS, isGenuine, isTimely, type Key, readSigned, sign, toldTime } from './tsig.ts';
import { Frames, framed } from '../../lib/frames.ts';
import { CLASS, Malformed, type Message, OPCODE, RCODES, type Resource, typeName, typeNumber, TYPES, Unwritable, writeMessage } from './wire.ts'; // prettier-ignore

/** A record as JSON carries it; `data` is base64 of what goes over the wire. */
export interface Told {
  readonly name: string;
  readonly type: string;
  /** Of those that an update names; IN unless told. */
  readonly class?: keyof typeof CLASS;
  readonly ttl: number;
  readonly data: string;
}

export type Asked =
  /** Which of the account's zones the server has. */
  | { readonly kind: 'zones' }
  | { readonly kind: 'query'; readonly zone: string; readonly questions: readonly Pick<Told, 'name' | 'type'>[] }
  /** The whole zone. */
  | { readonly kind: 'transfer'; readonly zone: string }
  /** All of the updates where all of the prerequisites hold, else nothing. */
  | { readonly kind: 'change'; readonly zone: string; readonly prerequisites: readonly Told[]; readonly updates: readonly Told[] };

export interface Part {
  /** What was asked about. */
  readonly name: string;
  readonly code: string;
  readonly records: readonly Told[];
}
/** `code` is that of the whole; parts are in the questions' order. */
export interface Answered {
  readonly code: string;
  readonly parts: readonly Part[];
}

/** Codes that no signature needs to prove. */
const UNPROVEN = new Set(['FORMERR', 'SERVFAIL', 'NOTIMP', 'REFUSED', 'NOTAUTH']);
const FINE = new Set(['NOERROR', 'NXDOMAIN']);
const FINE_FOR_ZONES = new Set([...FINE, 'REFUSED', 'NOTAUTH', 'NOTAUTHORITATIVE']);
const MAX_BYTES = 32 * 1024 * 1024;
/** At least every hundredth message of an answer is signed (RFC 8945, section 5.3.1). */
const MAX_UNSIGNED = 99;

interface Place {
  readonly host: string;
  readonly port: number;
}
interface Sent extends Pick<Message, 'id' | 'opcode' | 'questions'> {
  readonly bytes: Buffer;
  readonly mac: Buffer;
}
interface Judged {
  readonly code: string;
  readonly message: Message;
  readonly mac: Buffer;
  /** Seconds since the epoch by the server's clock, where ours is off. */
  readonly time?: number;
}

export function carrier({ credential, endpoint }: AccountConnection): Carrier {
  let aheadS = 0;
  const now = (): number => Math.floor(Date.now() / 1_000) + aheadS;
  const answerTo = async (asked: Asked, signal: AbortSignal): Promise<Answered> => {
    // Not sooner: a host that only tells what there is has no account.
    const { host, port, key, zones } = accountOf(credential);
    const place = endpoint.kind === 'real' ? { host, port } : placeOf(endpoint.baseUrl);
    const dialogue = new Dialogue(place, key, now, signal);
    const answered = await dialogue.ask(asked, zones);
    if (answered.code !== 'BADTIME' || dialogue.serverTime === undefined) return answered;
    // Refused for its time alone: nothing was done. The server's clock is the one that counts.
    aheadS += dialogue.serverTime - now();
    return await new Dialogue(place, key, now, signal).ask(asked, zones);
  };
  return async ({ method, path, body }, signal) => {
    const failed = (kind: ProviderErrorKind, cause: Error) =>
      new ProviderError({ provider: ID, kind, message: `${method} ${path}: ${cause.message.replace(/\.$/, '')}.` }, { cause });
    try {
      const answered = await answerTo(body as Asked, signal);
      return Response.json(answered, { status: answered.code === 'NOERROR' ? 200 : 400 });
    } catch (error) {
      // What was changed is as unknown as if there were no answer.
      if (error instanceof Malformed) throw failed(method === 'GET' ? 'malformed' : 'unknown_outcome', error);
      if (error instanceof Unwritable) throw failed('invalid', error);
      throw error;
    }
  };
}

/** The simulator takes DNS at the port where it takes HTTP. */
function placeOf(baseUrl: string): Place {
  const { hostname, port } = new URL(baseUrl);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 80) };
}

class Dialogue {
  /** Where an answer was that our clock is off: the server's, in seconds. */
  serverTime: number | undefined;
  readonly #place: Place;
  readonly #key: Key;
  readonly #now: () => number;
  readonly #signal: AbortSignal;
  constructor(place: Place, key: Key, now: () => number, signal: AbortSignal) {
    this.#place = place;
    this.#key = key;
    this.#now = now;
    this.#signal = signal;
  }

  async ask(asked: Asked, zones: readonly string[]): Promise<Answered> {
    if (asked.kind === 'transfer') return await this.#transfer(asked.zone);
    if (asked.kind === 'change') {
      const { zone, prerequisites, updates } = asked;
      const sections = { answers: prerequisites.map(resourceOf), authority: updates.map(resourceOf) };
      const [{ code }] = (await this.#all([this.#sent({ opcode: OPCODE.update, questions: [soaOf(zone)], ...sections })])) as [Judged];
      return { code, parts: [] };
    }
    const questions =
      asked.kind === 'zones' ? zones.map(soaOf) : asked.questions.map(({ name, type }) => ({ name, type: typeNumber(type) }));
    const judged = await this.#all(questions.map((question) => this.#sent({ opcode: OPCODE.query, questions: [question] })));
    const parts = judged.map(({ code, message }, place) => {
      const { name } = questions[place]!;
      return { name, ...told(code, message, asked.kind === 'zones' ? name : asked.zone) };
    });
    // That a zone is not there is an answer to the question for zones.
    const fine = asked.kind === 'zones' ? FINE_FOR_ZONES : FINE;
    return { code: parts.find(({ code }) => !fine.has(code))?.code ?? 'NOERROR', parts };
  }

  #sent(told: Pick<Message, 'opcode' | 'questions'> & Partial<Message>): Sent {
    const message = { ...told, id: randomInt(65_536) };
    return { ...message, ...sign(writeMessage(message), this.#key, { time: this.#now() }) };
  }

  /** All at once; answers come in any order (RFC 7766, section 6.2.1.1). */
  async #all(sent: readonly Sent[]): Promise<Judged[]> {
    const found = new Map<Sent, Judged>();
    await this.#talk(sent, (bytes) => {
      const asked = sent.find((each) => !found.has(each) && each.id === bytes.readUInt16BE(0));
      if (!asked) throw new Malformed('it answers what was not asked');
      found.set(asked, this.#judge(bytes, asked));
      return found.size === sent.length;
    });
    return sent.map((each) => found.get(each)!);
  }

  async #transfer(zone: string): Promise<Answered> {
    const sent = this.#sent({ opcode: OPCODE.query, questions: [{ name: zone, type: TYPES['AXFR']! }] });
    const records: Resource[] = [];
    let code = '';
    let before = sent.mac;
    let unproven: Buffer[] = [];
    await this.#talk([sent], (bytes) => {
      let message: Message;
      if (code === '') {
        ({ code, message, mac: before } = this.#judge(bytes, sent));
        if (code !== 'NOERROR') return true;
      } else {
        const next = readSigned(bytes);
        ({ message } = next);
        unproven.push(next.bare);
        if (message.id !== sent.id || message.rcode !== 0 || unproven.length > MAX_UNSIGNED) throw new Malformed('the transfer breaks off');
        if (next.signature) {
          if (!isGenuine(this.#key, next.signature, unproven, before, true)) throw new Malformed('its signature is not by the key');
          before = next.signature.mac;
          unproven = [];
        }
      }
      records.push(...message.answers);
      if (records[0]?.type !== TYPES['SOA']) throw new Malformed('the transfer does not begin with the zone');
      const isWhole = records.length > 1 && records.at(-1)!.type === TYPES['SOA'];
      if (isWhole && unproven.length > 0) throw new Malformed('the end of the transfer is not signed');
      return isWhole;
    });
    return { code, parts: [{ name: zone, code, records: records.map(toldOf) }] };
  }

  #judge(bytes: Buffer, sent: Sent): Judged {
    const { message, signature, bare } = readSigned(bytes);
    if (!message.isAnswer || message.id !== sent.id || message.opcode !== sent.opcode) throw new Malformed('it answers another question');
    const code = RCODES[message.rcode] ?? `RCODE${message.rcode}`;
    if (!signature) {
      if (UNPROVEN.has(code)) return { code, message, mac: sent.mac };
      throw new Malformed('its answer is not signed');
    }
    const { mac } = signature;
    const error = ERRORS[signature.error];
    // Who does not know the key cannot sign with it.
    if (mac.length === 0 && (error === 'BADKEY' || error === 'BADSIG')) return { code: error, message, mac };
    if (!isGenuine(this.#key, signature, [bare], sent.mac)) throw new Malformed('its signature is not by the key');
    if (error === 'BADTIME') return { code: error, message, mac, time: (this.serverTime = toldTime(signature)) };
    if (!isTimely(signature, this.#now())) throw new Malformed('its signature is of another time');
    if (message.isTruncated) throw new Malformed('its answer is cut short');
    return { code: error ?? code, message, mac };
  }

  /** One connection. `heard` says when all has come. */
  #talk(sent: readonly Sent[], heard: (bytes: Buffer) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect({ ...this.#place, noDelay: true });
    const onAbort = (): void => reject(this.#signal.reason as Error);
    if (this.#signal.aborted) onAbort();
    this.#signal.addEventListener('abort', onAbort, { once: true });
    const frames = new Frames();
    let size = 0;
    socket.once('connect', () => socket.write(Buffer.concat(sent.map(({ bytes }) => framed(bytes)))));
    socket.on('data', (piece) => {
      size += piece.length;
      try {
        if (size > MAX_BYTES) throw new Malformed(`its answer is too large (more than ${MAX_BYTES} bytes)`);
        for (const bytes of frames.add(piece)) if (heard(bytes)) return resolve();
      } catch (error) {
        reject(error as Error);
      }
    });
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed before the answer')));
    return promise.finally(() => {
      this.#signal.removeEventListener('abort', onAbort);
      socket.destroy();
    });
  }
}

const soaOf = (zone: string): { name: string; type: number } => ({ name: zone, type: TYPES['SOA']! });
const toldOf = ({ name, type, ttl, data }: Resource): Told => ({
  name: name.toLowerCase(),
  type: typeName(type),
  ttl,
  data: data.toString('base64'),
});
const resourceOf = ({ name, type, class: kind = 'IN', ttl, data }: Told): Resource => ({
  name,
  type: typeNumber(type),
  class: CLASS[kind],
  ttl,
  data: Buffer.from(data, 'base64'),
});

/** A name that was handed on to other servers is told by their NS records alone. Who answers without having the zone is not asked again. */
function told(code: string, { isAuthoritative, answers, authority }: Message, zone: string): Omit<Part, 'name'> {
  const records = (isAuthoritative ? answers : authority).map(toldOf);
  const isHandedOn = records.some(({ name, type }) => type === 'NS' && name.endsWith(`.${zone}`));
  if (code === 'NOERROR' && !isAuthoritative && !isHandedOn) return { code: 'NOTAUTHORITATIVE', records: [] };
  return { code, records };
}
