/**
 * What would change between a resource's recorded inputs and the program's new ones. Pure.
 *
 * Both sides are inputs: a refresh has already written what the provider really has into the recorded
 * ones. The recorded outputs only settle inputs that were never recorded (an import, or a stack that
 * another plugin served): an absent old input that already has the new value is no change.
 */
import type { Json, PropertySpec, ResourceDefinition } from '../../providers/resource.ts';
import { coveredBy, formatPath, parsePath, type PathPart } from './property-path.ts';
import { containsUnknown, isRecord, knownPart, plain, reveal, type Value, type Values } from './values.ts';

export interface PropertyChange {
  readonly path: readonly PathPart[];
  readonly kind: 'add' | 'delete' | 'update';
  readonly replaces: boolean;
}

export interface Difference {
  readonly changes: readonly PropertyChange[];
  /** Top-level names whose change makes a new resource. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

export interface DiffArguments {
  readonly definition: Pick<ResourceDefinition, 'inputs' | 'replaceOn' | 'deleteBeforeReplace' | 'update'>;
  readonly oldInputs: Values;
  readonly oldOutputs: Values;
  readonly newInputs: Values;
  /** Paths as the program wrote them. */
  readonly ignoreChanges?: readonly string[];
}

export function diffInputs({ definition, oldInputs, oldOutputs, newInputs, ignoreChanges = [] }: DiffArguments): Difference {
  const ignored = ignoreChanges.map(parsePath);
  const found: PropertyChange[] = [];
  for (const [key, spec] of Object.entries(definition.inputs)) {
    const recorded = own(oldInputs, key) ?? undefined;
    const wanted = own(newInputs, key);
    const old = recorded === undefined && alreadySo(spec, own(oldOutputs, key), wanted) ? wanted : recorded;
    compare(spec, old, wanted, [key], false, found);
  }
  const kept = found.filter((change) => !ignored.some((pattern) => coveredBy(change.path, pattern)));
  // A resource without an update can only follow a change by being made anew.
  let changes = definition.update ? kept : kept.map((change) => ({ ...change, replaces: true }));
  for (const key of definition.replaceOn?.(plain(oldInputs), plain(newInputs)) ?? []) {
    if (!ignored.some((pattern) => coveredBy([key], pattern))) changes = forceReplace(changes, key);
  }
  const replaces = [...new Set(changes.filter((change) => change.replaces).map((change) => String(change.path[0])))];
  return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && definition.deleteBeforeReplace === true };
}

/** The engine's name of a change's place. */
export function changePath(change: PropertyChange): string {
  return formatPath(change.path);
}

function forceReplace(changes: readonly PropertyChange[], key: string): PropertyChange[] {
  if (!changes.some((change) => change.path[0] === key)) return [...changes, { path: [key], kind: 'update', replaces: true }];
  return changes.map((change) => (change.path[0] === key ? { ...change, replaces: true } : change));
}

function alreadySo(spec: PropertySpec, output: Value | undefined, wanted: Value | undefined): boolean {
  if (wanted === undefined || output === undefined) return false;
  return isSame(spec, output, wanted);
}

/** Whether two values of a property mean the same; unknown ones never do. */
export function isSame(spec: PropertySpec, old: Value | undefined, wanted: Value | undefined): boolean {
  const found: PropertyChange[] = [];
  compare(spec, old, wanted, [], false, found);
  return found.length === 0;
}

function compare(
  spec: PropertySpec,
  oldValue: Value | undefined,
  newValue: Value | undefined,
  path: readonly PathPart[],
  replacing: boolean,
  found: PropertyChange[],
): void {
  const replaces = replacing || spec.replace === true;
  const old = present(oldValue);
  const wanted = present(newValue);
  if (old === undefined && wanted === undefined) return;
  if (wanted === undefined && spec.computed === true) return;
  const known = !containsUnknown(old ?? null) && !containsUnknown(wanted ?? null);
  if (known) {
    const [before, after] = [json(old), json(wanted)];
    if (spec.same?.(before, after) === true) return;
    if (old === undefined && spec.default !== undefined && sameJson(spec.default, after)) return;
  }
  if (old === undefined) found.push({ path, kind: 'add', replaces });
  else if (wanted === undefined) found.push({ path, kind: 'delete', replaces });
  else if (Array.isArray(old) && Array.isArray(wanted)) compareLists(spec, old, wanted, path, replaces, found);
  else if (isRecord(old) && isRecord(wanted)) compareObjects(spec, old, wanted, path, replaces, found);
  else if (!known || !sameJson(json(old), json(wanted))) found.push({ path, kind: 'update', replaces });
}

function compareObjects(
  spec: PropertySpec,
  old: Values,
  wanted: Values,
  path: readonly PathPart[],
  replaces: boolean,
  found: PropertyChange[],
): void {
  const keys = spec.properties
    ? Object.keys(spec.properties)
    : [...new Set([...Object.keys(old), ...Object.keys(wanted)])].filter((key) => !key.startsWith('__'));
  for (const key of keys) {
    const inner = spec.properties?.[key] ?? spec.additional ?? { type: 'any' };
    compare(inner, own(old, key), own(wanted, key), [...path, key], replaces, found);
  }
}

function compareLists(
  spec: PropertySpec,
  old: readonly Value[],
  wanted: readonly Value[],
  path: readonly PathPart[],
  replaces: boolean,
  found: PropertyChange[],
): void {
  const items = spec.items ?? { type: 'any' };
  if (spec.unordered !== true) {
    for (let index = 0; index < Math.max(old.length, wanted.length); index++)
      compare(items, old[index], wanted[index], [...path, index], replaces, found);
    return;
  }
  const unmatched = new Set(old.keys());
  for (const [index, item] of wanted.entries()) {
    const twin = [...unmatched].find((candidate) => isSame(items, old[candidate], item));
    if (twin === undefined) found.push({ path: [...path, index], kind: old[index] === undefined ? 'add' : 'update', replaces });
    else unmatched.delete(twin);
  }
  const changed = new Set(found.map((change) => formatPath(change.path)));
  for (const index of unmatched) {
    const place = [...path, index];
    if (!changed.has(formatPath(place))) found.push({ path: place, kind: 'delete', replaces });
  }
}

/** The value without its secret wrappers; a null is an absence, a secret one too. */
function present(value: Value | undefined): Value | undefined {
  return value === undefined ? undefined : (reveal(value) ?? undefined);
}

function json(value: Value | undefined): Json | undefined {
  return value === undefined ? undefined : knownPart(value);
}

function own(values: Values, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** Equality by content; the order of an object's keys does not matter. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]));
}
