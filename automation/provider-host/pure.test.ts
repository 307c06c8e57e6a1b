import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, PropertySpec } from '../../providers/resource.ts';
import { checkInputs } from './check.ts';
import { changePath, diffInputs } from './diff.ts';
import { previewCreate, previewUpdate } from './preview.ts';
import { coveredBy, formatPath, parsePath } from './property-path.ts';
import { containsUnknown, decode, encode, Foreign, knownPart, plain, reveal, Secret, UNKNOWN, type Value, type Values } from './values.ts';

type Specs = Readonly<Record<string, PropertySpec>>;

const leaf = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf as fc.Arbitrary<Value>,
    fc.constant<Value>(UNKNOWN),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    tie('value').map((value) => (value instanceof Secret ? value : new Secret(value))),
  ),
}));

describe('values', () => {
  it('survive the way to the engine and back', () => {
    fc.assert(fc.property(anyValue, (value) => void expect(decode(encode(value))).toEqual(value)));
  });

  it('reach a definition as plain JSON', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = JSON.stringify(knownPart(value) ?? null);
        expect(text).not.toContain('4dabf18193072939515e22adb298388d');
        expect(text).not.toContain('04da6b54');
        expect(knownPart(reveal(value))).toEqual(knownPart(value));
      }),
    );
  });

  it('do not touch prototypes', () => {
    const values = decode(JSON.parse('{"__proto__": {"polluted": true}}') as Json) as Values;
    expect(Object.keys(plain(values))).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('knows outputs and foreign kinds', () => {
    const output = { '4dabf18193072939515e22adb298388d': 'd0e6a833031e9bbcd3f4e8bde6ca49a4' };
    expect(decode(output)).toBe(UNKNOWN);
    expect(decode({ ...output, value: 1, secret: true })).toEqual(new Secret(1));
    expect(decode({ '4dabf18193072939515e22adb298388d': 'c44067f5952c0a294b673a41bacd8c17', hash: 'x' })).toEqual(new Foreign('an asset'));
  });
});

describe('property paths', () => {
  it('are read as they are written', () => {
    const part = fc.oneof(
      fc.string({ minLength: 1 }).filter((text) => !/^\d+$|^\*$/.test(text)),
      fc.nat(99),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => void expect(parsePath(formatPath(parts))).toEqual(parts)),
    );
  });

  it('cover what lies below them', () => {
    expect(coveredBy(['tags', 0], parsePath('tags'))).toBe(true);
    expect(coveredBy(['tags', 0, 'name'], parsePath('tags[*].name'))).toBe(true);
    expect(coveredBy(['tags'], parsePath('tags[0]'))).toBe(false);
    expect(coveredBy(['a.b'], parsePath('["a.b"]'))).toBe(true);
  });
});

describe('check', () => {
  const reasons = (inputs: Specs, news: Values): string[] =>
    checkInputs({ inputs }, news).failures.map((failure) => `${failure.property}: ${failure.reason}`);

  it('lets unknown values and secrets of them pass', () => {
    const inputs: Specs = { a: { type: 'integer', required: true, max: 1 }, b: { type: 'object', properties: { c: { type: 'string' } } } };
    expect(reasons(inputs, { a: UNKNOWN, b: { c: new Secret(UNKNOWN) } })).toEqual([]);
  });

  it('says nothing of a secret but its rule', () => {
    const inputs: Specs = { a: { type: 'string', pattern: /^x/ }, b: { type: 'string', secret: true, oneOf: ['x'] } };
    expect(reasons(inputs, { a: new Secret('hunter22'), b: 'hunter22' }).join()).not.toContain('hunter22');
  });

  it('refuses assets, fractions and unknown names, at their paths', () => {
    const inputs: Specs = {
      userData: { type: 'string' },
      list: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } },
    };
    expect(reasons(inputs, { userdata: 'x', list: [{ n: 1.5 }], userData: new Foreign('an asset') })).toEqual([
      'userdata: unknown property "userdata"; did you mean "userData"?',
      'list[0].n: must be an integer, not a fraction',
      'userData: must be a string, not an asset; pass the value itself (for a resource, its id)',
    ]);
  });

  it('drops nulls and other plugins’ bookkeeping, fills defaults, marks secrets', () => {
    const inputs: Specs = { a: { type: 'string' }, b: { type: 'integer', default: 2 }, c: { type: 'string', secret: true } };
    const checked = checkInputs({ inputs }, { a: null, __defaults: [], c: 'x' });
    expect(checked).toEqual({ inputs: { b: 2, c: new Secret('x') }, failures: [] });
  });

  it('gives the hook the known inputs', () => {
    const seen: unknown[] = [];
    const inputs: Specs = { a: { type: 'string' }, b: { type: 'string' } };
    checkInputs({ inputs, check: (known) => (seen.push(known), []) }, { a: UNKNOWN, b: new Secret('x') });
    expect(seen).toEqual([{ b: 'x' }]);
  });
});

describe('diff', () => {
  const update = async (): Promise<Record<string, Json>> => ({});
  const diff = (inputs: Specs, oldInputs: Values, newInputs: Values, more: object = {}): string[] =>
    diffInputs({ definition: { inputs, update }, oldInputs, oldOutputs: {}, newInputs, ...more }).changes.map(
      (change) => `${change.kind} ${changePath(change)}${change.replaces ? ' !' : ''}`,
    );

  it('finds nothing between equal inputs', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        fc.pre(!containsUnknown(value));
        expect(diff({ a: { type: 'any' } }, { a: value }, { a: reveal(value) })).toEqual([]);
      }),
    );
  });

  it('names nested places and inherits replacement', () => {
    const inputs: Specs = { net: { type: 'object', replace: true, properties: { v4: { type: 'string' }, ports: { type: 'array' } } } };
    expect(diff(inputs, { net: { v4: 'a', ports: [1, 2] } }, { net: { v4: 'b', ports: [1] } })).toEqual([
      'update net.v4 !',
      'delete net.ports[1] !',
    ]);
  });

  it('does not care about the order of sets, or a set’s new place', () => {
    const inputs: Specs = { tags: { type: 'array', items: { type: 'string' }, unordered: true } };
    fc.assert(fc.property(fc.array(fc.string()), (tags) => void expect(diff(inputs, { tags }, { tags: tags.toReversed() })).toEqual([])));
    expect(diff(inputs, { tags: ['a', 'b'] }, { tags: ['b', 'c', 'd'] })).toEqual(['update tags[1]', 'add tags[2]', 'delete tags[0]']);
  });

  it('accepts what was never recorded but is already so', () => {
    const inputs: Specs = {
      a: { type: 'boolean', default: true, replace: true },
      b: { type: 'string', computed: true },
      c: { type: 'string', replace: true },
    };
    expect(diff(inputs, { b: 'filled in' }, { a: true, c: 'x' }, { oldOutputs: { c: 'x' } })).toEqual([]);
    expect(diff(inputs, {}, { c: 'y' }, { oldOutputs: { c: 'x' } })).toEqual(['add c !']);
  });

  it('asks a definition what means the same', () => {
    const inputs: Specs = { a: { type: 'string', same: (old, now) => String(old).toLowerCase() === String(now).toLowerCase() } };
    expect(diff(inputs, { a: 'X' }, { a: 'x' })).toEqual([]);
  });

  it('counts an unknown value as a change', () => {
    expect(diff({ a: { type: 'string', replace: true } }, { a: 'x' }, { a: UNKNOWN })).toEqual(['update a !']);
  });

  it('leaves ignored paths alone, whatever else would replace', () => {
    const inputs: Specs = { a: { type: 'string', replace: true }, b: { type: 'object', additional: { type: 'string' } } };
    const changes = diff(inputs, { a: 'x', b: { c: '1', d: '1' } }, { a: 'y', b: { c: '2', d: '2' } }, { ignoreChanges: ['a', 'b.c'] });
    expect(changes).toEqual(['update b.d']);
  });

  it('replaces where the definition says so or cannot update', () => {
    const inputs: Specs = { v6: { type: 'boolean' } };
    const replaceOn = (): string[] => ['v6'];
    const arguments_ = { oldInputs: { v6: true }, oldOutputs: {}, newInputs: { v6: false } };
    expect(diffInputs({ definition: { inputs, update, replaceOn, deleteBeforeReplace: true }, ...arguments_ })).toMatchObject({
      replaces: ['v6'],
      deleteBeforeReplace: true,
    });
    expect(diffInputs({ definition: { inputs }, ...arguments_ }).replaces).toEqual(['v6']);
  });
});

describe('preview', () => {
  const definition = {
    inputs: { name: { type: 'string' }, size: { type: 'string', computed: true } },
    outputs: { ip: { type: 'string' }, key: { type: 'string', secret: true } },
    stableOutputs: ['ip'],
  } as const;

  it('shows what is known and nothing more', () => {
    expect(previewCreate(definition, { name: new Secret('x') })).toEqual({
      name: new Secret('x'),
      size: UNKNOWN,
      ip: UNKNOWN,
      key: new Secret(UNKNOWN),
    });
    expect(previewUpdate(definition, { inputs: {}, outputs: { ip: '1', key: '2', size: '3' } }, { name: 'x' })).toEqual({
      name: 'x',
      size: '3',
      ip: '1',
      key: new Secret(UNKNOWN),
    });
  });

  it('keeps an output while the inputs it hangs on stay as they are', () => {
    const hanging = { ...definition, stableWhile: { key: ['name', 'absent'] } } as const;
    const key = (inputs: Values): Value | undefined =>
      previewUpdate(hanging, { inputs: {}, outputs: { name: 'x', key: '2', ip: '1' } }, inputs)['key'];
    expect(key({ name: 'x' })).toEqual(new Secret('2'));
    expect(key({ name: new Secret('x'), size: 'other' })).toEqual(new Secret('2'));
    const changed: Values[] = [{ name: 'y' }, {}, { name: UNKNOWN }, { name: 'x', absent: 'no more' }];
    for (const inputs of changed) expect(key(inputs)).toEqual(new Secret(UNKNOWN));
  });

  it('keeps what a recorded output tells beyond the input that stays as it is', () => {
    const nested = { inputs: { nic: { type: 'object', additional: { type: 'any' } } }, outputs: {} } as const;
    const old = { inputs: { nic: { network: 'a' } }, outputs: { nic: { network: 'a', address: '192.0.2.1' } } };
    expect(previewUpdate(nested, old, { nic: { network: 'a' } })).toEqual(old.outputs);
    expect(previewUpdate(nested, old, { nic: { network: 'b' } })).toEqual({ nic: { network: 'b' } });
    const passing = { inputs: { ...nested.inputs, type: { type: 'string' } }, outputs: {}, stableWhile: { nic: ['type'] } } as const;
    const typed = { inputs: { ...old.inputs, type: 's' }, outputs: { ...old.outputs, type: 's' } };
    expect(previewUpdate(passing, typed, typed.inputs)).toEqual(typed.outputs);
    expect(previewUpdate(passing, typed, { ...typed.inputs, type: 'm' })).toEqual({ nic: UNKNOWN, type: 'm' });
    const told = { inputs: typed.inputs, outputs: { ...typed.inputs } };
    expect(previewUpdate(passing, told, { ...typed.inputs, type: 'm' })).toEqual({ ...typed.inputs, type: 'm' });
  });
});
