/**
 * Property values on the engine's wire, and what the host makes of them. The engine sends structs in
 * which magic objects and strings stand for secrets, unknowns, assets and references; inside the host
 * they are the classes below, and definitions see plain JSON only.
 */
import structPb from 'google-protobuf/google/protobuf/struct_pb.js';
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb.js';
import type { Json, Properties, PropertySpec } from '../../providers/resource.ts';

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const FOREIGN_KINDS: Readonly<Record<string, string>> = {
  c44067f5952c0a294b673a41bacd8c17: 'an asset',
  '0def7320c3a5731c473e5ecbe6d01bc7': 'an archive',
  '5cf8f73096256a8f31e491e813e4eb8e': 'a resource',
};
const UNKNOWN_STRING = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
// The engine has one sentinel per type it expected there; all mean the same to us.
const UNKNOWN_SENTINELS = new Set([
  UNKNOWN_STRING,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);

/** A value that only an update will tell. */
export const UNKNOWN: unique symbol = Symbol('unknown');

export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** Something no provider here can take: an asset, an archive or a resource reference. */
export class Foreign {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

export type Value = null | boolean | number | string | typeof UNKNOWN | Secret | Foreign | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

export function isRecord(value: Value | Json | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret) && !(value instanceof Foreign);
}

/** Reads a message's struct; an absent struct is an empty object. */
export function fromStruct(struct: Struct | undefined): Values {
  const decoded = decode((struct?.toJavaScript() ?? {}) as Json);
  return isRecord(decoded) ? decoded : {};
}

export function toStruct(values: Values): Struct {
  return structPb.Struct.fromJavaScript(encode(values) as Record<string, structPb.JavaScriptValue>);
}

export function decode(wire: Json): Value {
  if (typeof wire === 'string') return UNKNOWN_SENTINELS.has(wire) ? UNKNOWN : wire;
  if (Array.isArray(wire)) return wire.map(decode);
  if (typeof wire !== 'object' || wire === null) return wire;
  const signature = wire[SIGNATURE];
  if (signature === SECRET) return secret(decode(wire['value'] ?? null));
  if (signature === OUTPUT) {
    const value = 'value' in wire ? decode(wire['value'] ?? null) : UNKNOWN;
    return wire['secret'] === true ? secret(value) : value;
  }
  if (typeof signature === 'string') return new Foreign(FOREIGN_KINDS[signature] ?? 'a value of a kind this provider does not know');
  return mapValues(wire, decode);
}

export function encode(value: Value): Json {
  if (value === UNKNOWN) return UNKNOWN_STRING;
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: encode(value.value) };
  if (value instanceof Foreign) throw new TypeError(`${value.what} cannot be sent back to the engine`);
  if (Array.isArray(value)) return value.map(encode);
  if (isRecord(value)) return mapValues(value, encode);
  return value;
}

/** Wraps once: a secret of a secret is a secret. */
export function secret(value: Value): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

/** Without secret wrappers at any depth; unknowns stay. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isRecord(value)) return mapValues(value, reveal);
  return value;
}

/**
 * Plain JSON of the known part: unknown properties are left out, and so is a list with an unknown
 * element, because its other elements would change place.
 */
export function knownPart(value: Value): Json | undefined {
  if (value === UNKNOWN || value instanceof Foreign) return undefined;
  if (value instanceof Secret) return knownPart(value.value);
  if (Array.isArray(value)) {
    const items = value.map(knownPart);
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (!isRecord(value)) return value;
  const result: Properties = {};
  for (const [key, item] of Object.entries(value)) {
    const known = knownPart(item);
    if (known !== undefined) assign(result, key, known);
  }
  return result;
}

/** Plain properties for a definition's calls. */
export function plain(values: Values): Properties {
  return (knownPart(values) ?? {}) as Properties;
}

export function containsUnknown(value: Value): boolean {
  return some(value, (item) => item === UNKNOWN);
}

export function containsSecret(value: Value): boolean {
  return some(value, (item) => item instanceof Secret);
}

/** Marks what the specs call secret, at any depth, and every top-level key of `alsoSecret`. Nulls at the top are dropped: absent is absent. */
export function markSecrets(
  values: Values,
  specs: Readonly<Record<string, PropertySpec>>,
  alsoSecret: ReadonlySet<string> = new Set(),
): Values {
  const result: Values = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    const marked = markBySpec(value, specs[key]);
    // Where the specs say which part is secret, the rest is not.
    assign(result, key, alsoSecret.has(key) && !holdsSecret(specs[key]) ? secret(marked) : marked);
  }
  return result;
}

/** Top-level keys whose value is or holds a secret. */
export function secretKeys(...sources: readonly Values[]): Set<string> {
  const keys = new Set<string>();
  for (const source of sources) {
    for (const [key, value] of Object.entries(source)) if (containsSecret(value)) keys.add(key);
  }
  return keys;
}

/** Own-property assignment that cannot reach a prototype. */
export function assign<T>(target: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function holdsSecret(spec: PropertySpec | undefined): boolean {
  if (spec === undefined) return false;
  const inner = [spec.items, spec.additional, ...Object.values(spec.properties ?? {})];
  return inner.some((each) => each !== undefined && (each.secret === true || holdsSecret(each)));
}

function markBySpec(value: Value, spec: PropertySpec | undefined): Value {
  if (spec === undefined) return value;
  if (spec.secret === true) return secret(value);
  if (value instanceof Secret) return value;
  if (Array.isArray(value)) return value.map((item) => markBySpec(item, spec.items));
  if (!isRecord(value)) return value;
  return mapValues(value, (item, key) => markBySpec(item, spec.properties?.[key] ?? spec.additional));
}

function some(value: Value, predicate: (value: Value) => boolean): boolean {
  if (predicate(value)) return true;
  if (value instanceof Secret) return some(value.value, predicate);
  if (Array.isArray(value)) return value.some((item) => some(item, predicate));
  return isRecord(value) && Object.values(value).some((item) => some(item, predicate));
}

function mapValues<In, Out>(source: Record<string, In>, map: (value: In, key: string) => Out): Record<string, Out> {
  const result: Record<string, Out> = {};
  for (const [key, value] of Object.entries(source)) assign(result, key, map(value, key));
  return result;
}
