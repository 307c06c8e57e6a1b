/** Values from JSON Schema (2020-12, the part that zod writes), good ones and broken ones, for fast-check. */
import fc from 'fast-check';

export type Schema = { readonly [keyword: string]: any };
/** Values that mean something to the service, by field name; half of the time one of them is taken. */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

/** Values that the schema allows. `document` resolves `#/…` references. */
export function valid(schema: Schema, document: Schema, hints: Hints = {}, depth = 0): fc.Arbitrary<any> {
  const below = (inner: Schema): fc.Arbitrary<any> => valid(inner, document, hints, depth + 1);
  if (schema.$ref !== undefined) return below(resolve(document, schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    // Deep down only what ends there, where there is such a thing.
    const ends = depth > 4 ? choices.filter(isScalar) : [];
    return fc.oneof(...(ends.length > 0 ? ends : choices).map(below));
  }
  if (schema.type === 'object') return objectOf(schema, document, hints, depth);
  if (schema.type === 'array')
    return fc.array(below(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) });
  return scalarOf(schema);
}

function objectOf(schema: Schema, document: Schema, hints: Hints, depth: number): fc.Arbitrary<any> {
  const fields = Object.entries<Schema>(schema.properties ?? {}).map(([name, inner]): [string, fc.Arbitrary<any>] => {
    const free = valid(inner, document, hints, depth + 1);
    const known = hints[name];
    return [name, known && known.length > 0 ? fc.oneof({ weight: 7, arbitrary: fc.constantFrom(...known) }, free) : free];
  });
  const record = fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] });
  if (typeof schema.additionalProperties !== 'object') return record;
  const names = schema.propertyNames ? scalarOf({ type: 'string', maxLength: 8, ...schema.propertyNames }) : fc.string({ maxLength: 8 });
  const more = fc.dictionary(names, valid(schema.additionalProperties, document, hints, depth + 2), { maxKeys: 2 });
  return fc.tuple(more, record).map(([extra, own]) => ({ ...extra, ...own }));
}

function scalarOf(schema: Schema): fc.Arbitrary<any> {
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'null') return fc.constant(null);
  if (schema.type === 'integer') {
    const min = Math.max(schema.minimum ?? -1000, -1e9);
    return fc.integer({ min, max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
  }
  if (schema.type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true });
  if (schema.type !== 'string') return fc.jsonValue({ maxDepth: 2 });
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((date) => date.toISOString());
  const length = { minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 20, Math.max(20, schema.minLength ?? 0)) };
  if (schema.pattern === undefined) return fc.string({ ...length, unit: 'grapheme' }).filter((text) => text.length >= length.minLength);
  const made = fc
    .stringMatching(new RegExp(schema.pattern), { size: 'small' })
    .filter((text) => text.length <= (schema.maxLength ?? Infinity));
  // What is made for a pattern with Unicode's classes fits it hardly ever.
  return schema.examples?.length > 0 ? fc.oneof({ weight: 7, arbitrary: fc.constantFrom(...schema.examples) }, made) : made;
}

/** JSON texts that hurt careless readers. Some cannot be written as a JavaScript literal, so they are texts. */
const HARD: readonly string[] = [
  'null',
  'true',
  '0',
  '-1',
  '1e308',
  '9007199254740993',
  '0.1',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u202e\\u200b\\ufeff"',
  '"\\r\\nX-Injected: 1"',
  '"💥é\\u0301ß"',
  '"xn--80ak6aa92e"',
  '"../../../etc/passwd"',
  `"' OR 1=1 --"`,
  '"{{7*7}}${7*7}$(id)"',
  JSON.stringify('x'.repeat(70_000)),
  '[]',
  '{}',
  '[[[[{}]]]]',
  '{"__proto__":{"role":"admin"}}',
  '{"constructor":{"prototype":{"x":1}}}',
  `${'['.repeat(500)}${']'.repeat(500)}`,
];
export const hardValue: fc.Arbitrary<unknown> = fc.constantFrom(...HARD).map((text) => JSON.parse(text) as unknown);

/** A value with one to three places removed, replaced, wrapped or added to. It may by chance still be good. */
export function broken(good: fc.Arbitrary<any>): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat(1_000), how: fc.constantFrom('remove', 'replace', 'wrap', 'extra'), hard: hardValue });
  return fc.oneof(
    { weight: 1, arbitrary: hardValue },
    {
      weight: 8,
      arbitrary: fc
        .tuple(good, fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([value, changes]) => changes.reduce<unknown>((current, { at, how, hard }) => changed(current, at, how, hard), value)),
    },
  );
}

function changed(value: unknown, at: number, how: string, hard: unknown): unknown {
  if (typeof value !== 'object' || value === null) return hard;
  const copy = structuredClone(value) as Record<string, unknown>;
  const places = [...placesOf(copy)];
  const place = places[at % Math.max(1, places.length)];
  if (how === 'extra' || !place) {
    const holder =
      place && typeof place.holder[place.key] === 'object' && place.holder[place.key] !== null ? place.holder[place.key] : copy;
    (holder as Record<string, unknown>)['unexpected'] = hard;
  } else if (how === 'remove') delete place.holder[place.key];
  else place.holder[place.key] = how === 'wrap' ? [place.holder[place.key]] : hard;
  return copy;
}

function* placesOf(value: Record<string, unknown>): Generator<{ holder: Record<string, unknown>; key: string }> {
  for (const [key, inner] of Object.entries(value)) {
    yield { holder: value, key };
    if (typeof inner === 'object' && inner !== null) yield* placesOf(inner as Record<string, unknown>);
  }
}

function isScalar(schema: Schema): boolean {
  return !['object', 'array'].includes(schema.type) && schema.$ref === undefined;
}

function resolve(document: Schema, reference: string): Schema {
  const steps = reference
    .replace(/^#\//, '')
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = steps.reduce<any>((current, step) => current?.[step], document);
  if (found === undefined) throw new Error(`The document refers to ${reference}, which it does not have.`);
  return found as Schema;
}
