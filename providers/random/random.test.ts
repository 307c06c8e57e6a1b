import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Properties, ResourceContext } from '../resource.ts';
import { bcrypt } from './bcrypt.ts';
import { generatePassword, generatePetName } from './generate.ts';
import { ADJECTIVES, ADVERBS, ANIMALS } from './pet-words.ts';
import { resources } from './provider.ts';

const ctx = {} as ResourceContext;
const [password, id, pet] = resources as [(typeof resources)[0], (typeof resources)[0], (typeof resources)[0]];

function withDefaults(definition: (typeof resources)[0], inputs: Properties): Properties {
  const defaults = Object.entries(definition.inputs).filter(([, spec]) => spec.default !== undefined);
  return { ...Object.fromEntries(defaults.map(([key, spec]) => [key, spec.default!])), ...inputs };
}

async function create(definition: (typeof resources)[0], inputs: Properties): Promise<{ id: string; outputs: Properties }> {
  const complete = withDefaults(definition, inputs);
  expect(definition.check?.(complete) ?? []).toEqual([]);
  return definition.create(ctx, complete);
}

describe('bcrypt', () => {
  // Published vectors of the reference implementations.
  it.each([
    ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
    ['', '$2a$10$k1wbIrmNyFAPwPVPSVa/zecw2BCEnBwVS2GbrmgzxFUOqW9dk4TCW'],
  ])('hashes %j as published', async (text, hash) => {
    expect(await bcrypt(text, Number(hash.slice(4, 6)), saltOf(hash))).toBe(hash);
  });

  it('counts the first 72 bytes only', async () => {
    const salt = new Uint8Array(16);
    expect(await bcrypt('x'.repeat(72), 4, salt)).toBe(await bcrypt(`${'x'.repeat(72)}more`, 4, salt));
    expect(await bcrypt('x'.repeat(71), 4, salt)).not.toBe(await bcrypt('x'.repeat(72), 4, salt));
  });
});

function saltOf(hash: string): Uint8Array {
  const own = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const text = Array.from(hash.slice(7, 29), (letter) => standard[own.indexOf(letter)]).join('');
  return new Uint8Array(Buffer.from(text, 'base64')).subarray(0, 16);
}

describe('RandomPassword', () => {
  it('keeps every minimum and uses only what is allowed', () => {
    const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    const small = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(
        fc.record({ minLower: small, minUpper: small, minNumeric: small, minSpecial: small, more: fc.integer({ min: 0, max: 30 }) }),
        (r) => {
          const length = r.minLower + r.minUpper + r.minNumeric + r.minSpecial + r.more;
          const result = generatePassword({ ...r, length, lower: true, upper: false, numeric: true, special: true, overrideSpecial: '-_' });
          expect(result).toHaveLength(length);
          expect(result).toMatch(/^[a-zA-Z0-9_-]*$/);
          expect(count(result, /[a-z]/g)).toBeGreaterThanOrEqual(r.minLower);
          expect(count(result, /[A-Z]/g)).toBe(r.minUpper);
          expect(count(result, /\d/g)).toBeGreaterThanOrEqual(r.minNumeric);
          expect(count(result, /[-_]/g)).toBeGreaterThanOrEqual(r.minSpecial);
        },
      ),
    );
  });

  it('puts no kind at a fixed place', () => {
    const rules = {
      length: 8,
      lower: true,
      upper: true,
      numeric: true,
      special: true,
      minLower: 0,
      minUpper: 0,
      minNumeric: 0,
      minSpecial: 1,
    };
    const firsts = Array.from({ length: 400 }, () => generatePassword({ ...rules, special: false }).search(/[^a-zA-Z0-9]/));
    expect(new Set(firsts).size).toBe(8);
  });

  it('returns the vendor outputs, with a hash of the result', async () => {
    const { id, outputs } = await create(password, { length: 20, special: false });
    expect(id).toBe('none');
    expect(outputs).toMatchObject({ length: 20, lower: true, upper: true, numeric: true, number: true, special: false, minLower: 0 });
    const hash = String(outputs['bcryptHash']);
    expect(await bcrypt(String(outputs['result']), 10, saltOf(hash))).toBe(hash);
  });

  it('imports a password by its value', async () => {
    const read = await password.read(ctx, 'hunter22');
    expect(read).toMatchObject({ id: 'none', inputs: { length: 8 }, outputs: { result: 'hunter22', length: 8, special: true } });
  });

  it.each([
    [{ length: 3, minLower: 2, minUpper: 2 } as Properties, 'length', 'add up to 4'],
    [{ length: 3, lower: false, upper: false, numeric: false, special: false }, 'length', 'no character is allowed'],
    [{ length: 3, number: true, numeric: false }, 'number', 'two names of one setting'],
  ])('refuses %j', (inputs, property, reason) => {
    expect(password.check?.(withDefaults(password, inputs as Properties))).toEqual([{ property, reason: expect.stringContaining(reason) }]);
  });
});

describe('RandomId', () => {
  it('shows one number in four notations', async () => {
    const { id: own, outputs } = await create(id, { byteLength: 8, prefix: 'p-' });
    const bytes = Buffer.from(own, 'base64url');
    expect(bytes).toHaveLength(8);
    expect(outputs).toMatchObject({
      b64Url: `p-${own}`,
      b64Std: `p-${bytes.toString('base64')}`,
      hex: `p-${bytes.toString('hex')}`,
      dec: `p-${BigInt(`0x${bytes.toString('hex')}`)}`,
    });
    expect(await id.read(ctx, `p-,${own}`)).toMatchObject({ id: own, inputs: { byteLength: 8, prefix: 'p-' }, outputs });
  });

  it('says how to import one', async () => {
    await expect(id.read(ctx, 'not base 64!')).rejects.toThrow('[random/invalid] "not base 64!" is not a random id');
  });
});

describe('RandomPet', () => {
  it('has as many words as asked for', async () => {
    for (const length of [1, 2, 5]) expect(generatePetName(length, '-').split('-')).toHaveLength(length);
    const made = await create(pet, { prefix: 'web', separator: '_' });
    expect(made.id).toMatch(/^web_[a-z]+_[a-z]+$/);
    expect(made.outputs).toEqual({ length: 2, separator: '_', prefix: 'web' });
    await expect(pet.read(ctx, 'calm-otter')).rejects.toThrow('cannot be imported');
  });

  it('chooses from hundreds of plain words, each listed once', () => {
    for (const words of [ADVERBS, ADJECTIVES, ANIMALS]) {
      expect(words.length).toBeGreaterThan(150);
      expect(new Set(words).size).toBe(words.length);
      expect(words.every((word) => /^[a-z]+$/.test(word))).toBe(true);
    }
  });
});

it('returns the recorded state on a read', async () => {
  const state = { inputs: { length: 2 }, outputs: { length: 2, result: 'ab' } };
  expect(await password.read(ctx, 'none', state)).toEqual({ id: 'none', ...state });
});
