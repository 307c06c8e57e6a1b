/** A name server that takes signed updates: prerequisites and updates by RFC 2136, signatures by RFC 8945, wildcards by RFC 4592. */
import express, { type Request, Router } from 'express';
import { Refusal } from '../../simulator/cloud/model.ts';
import { type SimName, type SimZone, simulateNames, type Zones } from '../../simulator/cloud/zones.ts';
import type { SimAccount, Simulation, SimWorld } from '../simulation.ts';
import { showContent, writeContent } from './content.ts';
import { SIMULATED_ZONES, simulatedSecret } from './credential.ts';
import { type Algorithm, ALGORITHMS, ERRORS, FUDGE_S, isGenuine, type Key, readSigned, type Signature, sign, type Signed } from './tsig.ts';
import { framed } from '../../lib/frames.ts';
import { CLASS, Malformed, type Message, numberOf, OPCODE, RCODES, type Resource, typeName, typeNumber, TYPES, Unwritable, writeMessage, writeName } from './wire.ts'; // prettier-ignore

const SEVERAL = 'application/x-several-messages';
const TTL = 3_600;
/** As far as a signature may be off, and much further. */
const AHEAD_S = 12 * FUDGE_S;
/** Records of one message of a transfer. */
const MESSAGE_RECORDS = 200;

const simulated = simulateNames(
  {
    id: 'rfc2136',
    sets: true,
    accountDefaults: { rateLimit: { requests: 100_000, perMs: 60_000 } },
    seeds: () => SIMULATED_ZONES.map((name) => ({ name })),
    errorAnswer: (status) => ({ body: { error: `status ${status}: this server speaks DNS over TCP, at this port` } }),
  },
  (world, zones) => {
    const router = Router();
    router.use(express.raw({ type: 'application/octet-stream', limit: '70kb' }), (request, response, next) => {
      const message = messageIn(request);
      if (!message) return next();
      const answers = answerTo(message, world, zones);
      response.type(answers.length === 1 ? 'application/dns-message' : SEVERAL);
      response.send(answers.length === 1 ? answers[0] : Buffer.concat(answers.map(framed)));
    });
    return router;
  },
);

export const simulation: Simulation = {
  ...simulated,
  credentialOf: (request) => read(messageIn(request) ?? Buffer.alloc(0))?.signature?.name,
  messages: {
    several: SEVERAL,
    // A message of ours has no 4096 bytes, and no method of HTTP begins with a control character.
    isOurs: (first) => first < 0x10,
    callOf(bytes) {
      const message = read(bytes)?.message;
      const [asked, changed] = [message?.questions[0], message?.authority[0] ?? message?.answers[0]];
      const part = (name: string | undefined): string => `/${encodeURIComponent(name ?? '')}`;
      if (message?.opcode === OPCODE.update) return { method: 'POST', path: part(asked?.name) + part(changed?.name) };
      return { method: 'GET', path: part(asked?.name) + part(asked && typeName(asked.type)) };
    },
    refuse(bytes, status) {
      const signed = read(bytes);
      const rcode = status >= 500 ? 'SERVFAIL' : 'REFUSED';
      return signed ? reply(signed, rcode, { key: keyOf(signed.signature) }) : formErr(bytes);
    },
  },
};

/** POST has it as its body, GET in the query. */
function messageIn(request: Request): Buffer | undefined {
  const told = request.query['message'];
  if (typeof told === 'string') return Buffer.from(told, 'base64url');
  return Buffer.isBuffer(request.body) ? request.body : undefined;
}

function read(bytes: Buffer): Signed | undefined {
  try {
    return readSigned(bytes);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function keyOf(signature: Signature | undefined): Key | undefined {
  if (!signature || !(signature.algorithm in ALGORITHMS)) return undefined;
  return { name: signature.name, algorithm: signature.algorithm as Algorithm, secret: simulatedSecret(signature.name) };
}

interface Reply extends Partial<Pick<Message, 'answers' | 'isAuthoritative'>> {
  /** Undefined: unsigned, but for what is wrong with the key. */
  readonly key?: Key | undefined;
  readonly error?: keyof typeof ERRORS;
  /** Seconds since the epoch. */
  readonly time?: number;
}

const errorOf = (name: string): number => Number(Object.entries(ERRORS).find(([, known]) => known === name)?.[0] ?? 0);

function reply({ message, signature }: Signed, rcode: string, { key, time = Math.floor(Date.now() / 1_000), ...told }: Reply): Buffer {
  const { id, opcode, questions } = message;
  const bare = writeMessage({ id, opcode, questions, ...told, isAnswer: true, rcode: RCODES.indexOf(rcode) });
  return key && signature ? sign(bare, key, { time, before: signature.mac }).bytes : bare;
}

function formErr(bytes: Buffer): Buffer {
  const id = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  return writeMessage({ id, opcode: OPCODE.query, questions: [], isAnswer: true, rcode: RCODES.indexOf('FORMERR') });
}

/** What is wrong with the key is told in the record of the signature itself. */
function refuseKey({ message, signature }: Signed, name: 'BADKEY' | 'BADSIG' | 'BADTIME', key: Key | undefined, now: number): Buffer {
  const { id, opcode, questions } = message;
  const bare = writeMessage({ id, opcode, questions, isAnswer: true, rcode: RCODES.indexOf('NOTAUTH') });
  const { mac: before, time, name: keyName } = signature!;
  const error = errorOf(name);
  if (name === 'BADTIME') return sign(bare, key!, { time, before, error, other: numberOf(now, 6) }).bytes;
  const unknown = key ?? { name: keyName, algorithm: 'hmac-sha256', secret: Buffer.alloc(0) };
  return sign(bare, unknown, { time: now, error, isBare: true }).bytes;
}

function answerTo(bytes: Buffer, world: SimWorld, zones: Zones): Buffer[] {
  const signed = read(bytes);
  if (!signed) return [formErr(bytes)];
  const { message, signature, bare } = signed;
  if (!signature) return [reply(signed, 'REFUSED', {})];
  const clocks = [Date.now(), world.now()].map((ms) => Math.floor(ms / 1_000) + (world.hasFlag('clock-ahead') ? AHEAD_S : 0));
  const [key, account] = [keyOf(signature), world.account(signature.name)];
  const now = clocks.find((clock) => Math.abs(clock - signature.time) <= signature.fudge) ?? clocks[0]!;
  if (!key || !account) return [refuseKey(signed, 'BADKEY', key, now)];
  if (!isGenuine(key, signature, [bare])) return [refuseKey(signed, 'BADSIG', key, now)];
  if (Math.abs(now - signature.time) > signature.fudge) return [refuseKey(signed, 'BADTIME', key, now)];
  const said = { key, time: now };
  const asked = message.questions[0];
  if (!asked) return [reply(signed, 'FORMERR', said)];
  const name = asked.name.toLowerCase();
  const zone = zones.zones(account.id).find((each) => isIn(name, each.name));
  if (message.opcode === OPCODE.update) {
    const rcode = zone && zone.name === name ? update(message, account, zone, zones) : 'NOTAUTH';
    return [reply(signed, rcode, said)];
  }
  if (!zone) return [reply(signed, 'REFUSED', said)];
  if (asked.type === TYPES['AXFR'])
    return world.hasFlag('no-transfer') ? [reply(signed, 'NOTAUTH', said)] : transfer(signed, key, now, zone, zones);
  const found = answersTo({ name, type: asked.type }, zone, zones);
  return [reply(signed, found ? 'NOERROR' : 'NXDOMAIN', { ...said, isAuthoritative: !world.hasFlag('lame'), answers: found ?? [] })];
}

const isIn = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

function apex({ name, createdMs }: SimZone): Resource[] {
  const at = { name, class: CLASS.IN, ttl: TTL };
  const numbers = [Math.floor(createdMs / 1_000), 7_200, 900, 1_209_600, 300].map((value) => numberOf(value, 4));
  const soa = Buffer.concat([writeName(`ns1.${name}`), writeName(`hostmaster.${name}`), ...numbers]);
  return [
    { ...at, type: TYPES['SOA']!, data: soa },
    { ...at, type: TYPES['NS']!, data: writeName(`ns1.${name}`) },
  ];
}

const bytesOf = ({ type, content }: SimName): Buffer => writeContent(type, content);
const resourceOf = (held: SimName): Resource => ({
  name: held.name,
  type: typeNumber(held.type),
  class: CLASS.IN,
  ttl: held.ttl,
  data: bytesOf(held),
});

/** Undefined where the name is not there. */
function answersTo({ name, type }: { name: string; type: number }, zone: SimZone, zones: Zones): Resource[] | undefined {
  const all = [...apex(zone), ...zones.of(zone).map(resourceOf)];
  const isThere = (at: string): boolean => all.some((each) => isIn(each.name, at));
  let [own, encloser] = [name, name];
  while (!isThere(encloser)) encloser = encloser.slice(encloser.indexOf('.') + 1);
  if (encloser !== name) own = `*.${encloser}`;
  if (!isThere(own)) return undefined;
  const isAsked = (each: Resource): boolean => each.type === type || each.type === TYPES['CNAME'] || type === TYPES['ANY'];
  return all.filter((each) => each.name === own && isAsked(each)).map((each) => ({ ...each, name }));
}

function transfer(signed: Signed, key: Key, time: number, zone: SimZone, zones: Zones): Buffer[] {
  const [soa, ...rest] = [...apex(zone), ...zones.of(zone).map(resourceOf)];
  const all = [soa!, ...rest, soa!];
  const { id, opcode, questions } = signed.message;
  let before = signed.signature!.mac;
  return Array.from({ length: Math.ceil(all.length / MESSAGE_RECORDS) }, (_, place) => {
    const answers = all.slice(place * MESSAGE_RECORDS, (place + 1) * MESSAGE_RECORDS);
    const bare = writeMessage({ id, opcode, questions: place === 0 ? questions : [], isAnswer: true, isAuthoritative: true, answers });
    const { bytes, mac } = sign(bare, key, { time, before, isLater: place > 0 });
    before = mac;
    return bytes;
  });
}

/** Section 3: nothing is changed unless all holds and all can be. The code of the answer. */
function update({ answers: prerequisites, authority: updates }: Message, account: SimAccount, zone: SimZone, zones: Zones): string {
  if (account.readOnly) return 'REFUSED';
  const lower = (each: Resource): Resource => ({ ...each, name: each.name.toLowerCase() });
  const [must, todo] = [prerequisites.map(lower), updates.map(lower)];
  if ([...must, ...todo].some(({ name }) => !isIn(name, zone.name))) return 'NOTZONE';
  const failed = unmet(must, zone, zones);
  if (failed !== undefined) return failed;
  const before = zones.of(zone);
  try {
    for (const each of todo) apply(each, zone, zones);
    return 'NOERROR';
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof Unwritable)) throw error;
    for (const { id } of zones.of(zone)) zones.names.delete(id);
    for (const held of before) zones.names.put(held);
    return 'FORMERR';
  }
}

const isOfSet =
  (name: string, type: number) =>
  (each: Resource): boolean =>
    each.name === name && (type === TYPES['ANY'] || each.type === type);
const told = (set: readonly Resource[]): string => set.map(({ data }) => data.toString('hex')).toSorted().join(); // prettier-ignore

/** Section 3.2.5. The code of the first that does not hold; undefined where all do. */
function unmet(prerequisites: readonly Resource[], zone: SimZone, zones: Zones): string | undefined {
  const all = [...apex(zone), ...zones.of(zone).map(resourceOf)];
  for (const { name, type, class: kind, ttl, data } of prerequisites) {
    const isThere = all.some(isOfSet(name, type));
    const isOfName = type === TYPES['ANY'];
    if (ttl !== 0 || (kind !== CLASS.IN && data.length > 0)) return 'FORMERR';
    if (kind === CLASS.ANY && !isThere) return isOfName ? 'NXDOMAIN' : 'NXRRSET';
    if (kind === CLASS.NONE && isThere) return isOfName ? 'YXDOMAIN' : 'YXRRSET';
    if (kind !== CLASS.IN) continue;
    const wanted = prerequisites.filter((each) => each.class === CLASS.IN).filter(isOfSet(name, type));
    if (told(wanted) !== told(all.filter(isOfSet(name, type)))) return 'NXRRSET';
  }
  return undefined;
}

/** Section 3.4.2. What would stand beside an alias is passed over. */
function apply({ name, type, class: kind, ttl, data }: Resource, zone: SimZone, zones: Zones): void {
  const held = zones.of(zone).filter((each) => each.name === name);
  if (kind === CLASS.IN) {
    const [shown, known] = [typeName(type), (each: SimName): boolean => each.type === 'CNAME'];
    if (held.some((each) => known(each) !== (shown === 'CNAME'))) return;
    const old = held.find((each) => each.type === shown && (shown === 'CNAME' || bytesOf(each).equals(data)));
    zones.put(zone, { ...(old ? { id: old.id } : {}), name, type: shown, content: showContent(shown, data), ttl });
    return;
  }
  const doomed = held.filter((each) => isOfSet(name, type)(resourceOf(each)) && (kind === CLASS.ANY || bytesOf(each).equals(data)));
  for (const { id } of doomed) zones.names.delete(id);
}
