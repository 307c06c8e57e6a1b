/**
 * Random passwords, ids and pet names under the vendor's tokens and rules. A value is made once, in
 * create, and lives in the state alone: read returns what the state has, and every change makes a new one.
 */
import { ProviderError } from '../errors.ts';
import type { CheckFailure, Created, Json, Properties, PropertySpec, ResourceDefinition } from '../resource.ts';
import { bcrypt } from './bcrypt.ts';
import { alphabetOf, generateBytes, generatePassword, generatePetName, type PasswordRules } from './generate.ts';

const TIMEOUTS = { create: 60_000, update: 60_000, delete: 60_000 };
/** The vendor's; the hash is as secret as the password beside it. */
const BCRYPT_COST = 10;
/** The vendor's password resource has this id, since its value must not be one. */
const PASSWORD_ID = 'none';

const keepers: PropertySpec = { type: 'object', additional: { type: 'string' }, replace: true };
const positive: PropertySpec = { type: 'integer', min: 1, replace: true };
const flag: PropertySpec = { type: 'boolean', default: true, replace: true };
const minimum: PropertySpec = { type: 'integer', default: 0, min: 0, replace: true };
/** `number` is the old name of `numeric`; absent means true for both, so neither has a default of its own. */
const numericFlag: PropertySpec = { type: 'boolean', replace: true, same: (old, now) => (old ?? true) === (now ?? true) };

const keepAsRecorded: Pick<ResourceDefinition, 'delete' | 'timeoutsMs' | 'stableOutputs'> = {
  timeoutsMs: TIMEOUTS,
  delete: async () => undefined,
};

const password: ResourceDefinition = {
  ...keepAsRecorded,
  token: 'random:index/randomPassword:RandomPassword',
  inputs: {
    length: { ...positive, required: true },
    lower: flag,
    upper: flag,
    special: flag,
    numeric: numericFlag,
    number: { ...numericFlag, deprecated: 'Use numeric.' },
    minLower: minimum,
    minUpper: minimum,
    minNumeric: minimum,
    minSpecial: minimum,
    overrideSpecial: { type: 'string', replace: true },
    keepers,
  },
  outputs: { result: { type: 'string', secret: true }, bcryptHash: { type: 'string', secret: true } },
  check: checkPassword,
  async create(_ctx, inputs) {
    return { id: PASSWORD_ID, outputs: await passwordOutputs(inputs, generatePassword(rulesOf(inputs))) };
  },
  async read(_ctx, id, state) {
    if (state) return { id, ...state };
    // As with the vendor, importing a password means giving it as the id.
    const inputs = { length: [...id].length };
    return { id: PASSWORD_ID, inputs, outputs: await passwordOutputs(inputs, id) };
  },
};

const id: ResourceDefinition = {
  ...keepAsRecorded,
  token: 'random:index/randomId:RandomId',
  inputs: { byteLength: { ...positive, required: true }, prefix: { type: 'string', replace: true }, keepers },
  outputs: { b64Std: { type: 'string' }, b64Url: { type: 'string' }, dec: { type: 'string' }, hex: { type: 'string' } },
  create: async (_ctx, inputs) => identifier(generateBytes(Number(inputs['byteLength'])), inputs),
  async read(_ctx, id, state) {
    if (state) return { id, ...state };
    const comma = id.lastIndexOf(',');
    const bytes = Buffer.from(id.slice(comma + 1), 'base64url');
    if (bytes.length === 0 || bytes.toString('base64url') !== id.slice(comma + 1))
      throw invalid(`"${id}" is not a random id. Import it as <b64Url>, or as <prefix>,<b64Url without the prefix>.`);
    const inputs = { byteLength: bytes.length, ...(comma < 0 ? {} : { prefix: id.slice(0, comma) }) };
    return { inputs, ...identifier(bytes, inputs) };
  },
};

const pet: ResourceDefinition = {
  ...keepAsRecorded,
  token: 'random:index/randomPet:RandomPet',
  inputs: {
    length: { ...positive, default: 2 },
    separator: { type: 'string', default: '-', replace: true },
    prefix: { type: 'string', replace: true },
    keepers,
  },
  outputs: {},
  async create(_ctx, inputs) {
    const separator = String(inputs['separator']);
    const name = generatePetName(Number(inputs['length']), separator);
    const prefix = text(inputs['prefix']);
    return { id: prefix === '' ? name : `${prefix}${separator}${name}`, outputs: { ...inputs } };
  },
  async read(_ctx, id, state) {
    if (state) return { id, ...state };
    throw invalid('A pet name cannot be imported: its words cannot be told from its separators.');
  },
};

export const resources: readonly ResourceDefinition[] = [password, id, pet];

function checkPassword(inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const { number, numeric, length } = inputs;
  if (number !== undefined && numeric !== undefined && number !== numeric)
    failures.push({ property: 'number', reason: '"number" and "numeric" are two names of one setting; leave out "number"' });
  const rules = rulesOf(inputs);
  const least = rules.minLower + rules.minUpper + rules.minNumeric + rules.minSpecial;
  if (length !== undefined && rules.length < least)
    failures.push({ property: 'length', reason: `${rules.length} is too short for the minimums, which add up to ${least}` });
  if (length !== undefined && rules.length > least && alphabetOf(rules) === '')
    failures.push({ property: 'length', reason: 'no character is allowed: switch on lower, upper, numeric or special' });
  return failures;
}

function rulesOf(inputs: Properties): PasswordRules {
  const on = (value: Json | undefined): boolean => value !== false;
  const count = (key: string): number => Number(inputs[key] ?? 0);
  return {
    length: count('length'),
    lower: on(inputs['lower']),
    upper: on(inputs['upper']),
    special: on(inputs['special']),
    numeric: on(inputs['numeric'] ?? inputs['number']),
    minLower: count('minLower'),
    minUpper: count('minUpper'),
    minNumeric: count('minNumeric'),
    minSpecial: count('minSpecial'),
    overrideSpecial: text(inputs['overrideSpecial']),
  };
}

async function passwordOutputs(inputs: Properties, result: string): Promise<Properties> {
  const { overrideSpecial: _, numeric, ...rules } = rulesOf(inputs);
  return { ...inputs, ...rules, numeric, number: numeric, result, bcryptHash: await bcrypt(result, BCRYPT_COST, generateBytes(16)) };
}

function identifier(bytes: Buffer, inputs: Properties): Created {
  const prefix = text(inputs['prefix']);
  const b64Url = bytes.toString('base64url');
  const hex = bytes.toString('hex');
  const outputs = {
    ...inputs,
    b64Std: prefix + bytes.toString('base64'),
    b64Url: prefix + b64Url,
    hex: prefix + hex,
    dec: prefix + BigInt(`0x${hex}`).toString(),
  };
  return { id: b64Url, outputs };
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function invalid(message: string): ProviderError {
  return new ProviderError({ provider: 'random', kind: 'invalid', message });
}
