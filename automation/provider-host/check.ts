/** Validation of a resource's inputs against its specs, and the defaults. Pure. */
import type { CheckFailure, PropertySpec, ResourceDefinition } from '../../providers/resource.ts';
import { formatPath, type PathPart } from './property-path.ts';
import { assign, Foreign, isRecord, knownPart, markSecrets, plain, Secret, UNKNOWN, type Value, type Values } from './values.ts';

export interface Checked {
  /** With defaults, without nulls, secrets marked. */
  readonly inputs: Values;
  readonly failures: CheckFailure[];
}

type Specs = Readonly<Record<string, PropertySpec>>;

/** Checks a resource's inputs. Unknown values pass every rule; their turn comes when they are known. */
export function checkInputs(definition: Pick<ResourceDefinition, 'inputs' | 'check'>, news: Values): Checked {
  const checked = checkArguments(definition.inputs, news);
  if (checked.failures.length > 0 || definition.check === undefined) return checked;
  return { inputs: checked.inputs, failures: definition.check(plain(checked.inputs)) };
}

/** The same rules for the arguments of a function. */
export function checkArguments(specs: Specs, news: Values): Checked {
  const failures: CheckFailure[] = [];
  const inputs = checkObject(specs, news, [], failures);
  return { inputs: markSecrets(inputs, specs), failures };
}

function checkObject(specs: Specs, values: Values, path: readonly PathPart[], failures: CheckFailure[]): Values {
  const result: Values = {};
  for (const [key, value] of Object.entries(values)) {
    // Names with two underscores are the bookkeeping of other plugins that served this stack before.
    if (value === null || key.startsWith('__')) continue;
    const spec = Object.hasOwn(specs, key) ? specs[key] : undefined;
    const here = [...path, key];
    if (spec === undefined) failures.push({ property: formatPath(here), reason: unknownName(key, specs) });
    else assign(result, key, checkValue(spec, value, here, failures, false));
  }
  for (const [key, spec] of Object.entries(specs)) {
    if (Object.hasOwn(result, key)) continue;
    if (spec.default !== undefined) assign<Value>(result, key, structuredClone(spec.default) as Value);
    else if (spec.required === true && values[key] !== UNKNOWN)
      failures.push({ property: formatPath([...path, key]), reason: `"${key}" is required` });
  }
  return result;
}

function checkValue(spec: PropertySpec, value: Value, path: readonly PathPart[], failures: CheckFailure[], isSecret: boolean): Value {
  const fail = (reason: string): Value => {
    failures.push({ property: formatPath(path), reason });
    return value;
  };
  if (value === UNKNOWN) return value;
  if (value instanceof Secret) return new Secret(checkValue(spec, value.value, path, failures, true));
  if (value instanceof Foreign)
    return fail(`must be ${article(spec.type)}, not ${value.what}; pass the value itself (for a resource, its id)`);
  if (!hasType(spec, value)) return fail(`must be ${article(spec.type)}, not ${typeName(value)}`);
  const shown = isSecret || spec.secret === true ? 'the value' : JSON.stringify(knownPart(value));
  const refusal = refusedBy(spec, value, shown);
  if (refusal !== undefined) return fail(refusal);
  if (Array.isArray(value)) {
    const { items } = spec;
    return items ? value.map((item, index) => checkValue(items, item, [...path, index], failures, isSecret)) : value;
  }
  if (!isRecord(value)) return value;
  if (spec.properties) return checkObject(spec.properties, value, path, failures);
  const { additional } = spec;
  const result: Values = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null || key.startsWith('__')) continue;
    assign(result, key, additional ? checkValue(additional, item, [...path, key], failures, isSecret) : item);
  }
  return result;
}

function refusedBy(spec: PropertySpec, value: Value, shown: string): string | undefined {
  if (spec.oneOf && !spec.oneOf.some((allowed) => allowed === value))
    return `${shown} is not allowed here; use one of ${spec.oneOf.map((allowed) => JSON.stringify(allowed)).join(', ')}`;
  const size = sizeOf(value);
  if (size !== undefined) {
    if (spec.min !== undefined && size.value < spec.min) return `${shown} is too ${size.small}; the least is ${spec.min}${size.unit}`;
    if (spec.max !== undefined && size.value > spec.max) return `${shown} is too ${size.large}; the most is ${spec.max}${size.unit}`;
  }
  if (spec.pattern && typeof value === 'string' && !matches(spec.pattern, value)) return `${shown} does not match ${spec.pattern.source}`;
  return undefined;
}

/** What `min` and `max` bound: the number itself, a text's length in characters, a list's length. */
function sizeOf(value: Value): { value: number; unit: string; small: string; large: string } | undefined {
  if (typeof value === 'number') return { value, unit: '', small: 'small', large: 'large' };
  if (typeof value === 'string') return { value: value.length, unit: ' characters', small: 'short', large: 'long' };
  if (Array.isArray(value)) return { value: value.length, unit: ' elements', small: 'short', large: 'long' };
  return undefined;
}

/** A pattern with the `g` or `y` flag keeps a position between calls; specs are shared, so it must not matter. */
function matches(pattern: RegExp, value: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(value);
}

function hasType(spec: PropertySpec, value: Value): boolean {
  switch (spec.type) {
    case 'any':
      return true;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value);
    default:
      return typeof value === spec.type;
  }
}

function article(type: PropertySpec['type']): string {
  if (type === 'any') return 'a plain value';
  if (type === 'array') return 'a list';
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}

function typeName(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number beyond exact integers' : 'a fraction';
  return article((isRecord(value) ? 'object' : typeof value) as PropertySpec['type']);
}

function unknownName(key: string, specs: Specs): string {
  const close = Object.keys(specs).find((name) => name.toLowerCase() === key.toLowerCase().replaceAll('_', ''));
  return `unknown property "${key}"${close ? `; did you mean "${close}"?` : ''}`;
}
