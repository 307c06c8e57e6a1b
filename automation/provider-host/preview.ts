/** What a create or update would return, as far as it is known before it runs. Pure. */
import type { ResourceDefinition } from '../../providers/resource.ts';
import { isSame } from './diff.ts';
import { markSecrets, secretKeys, UNKNOWN, type Value, type Values } from './values.ts';

type Shape = Pick<ResourceDefinition, 'inputs' | 'outputs' | 'stableOutputs' | 'stableWhile'>;

/** The inputs as they are; all that the provider will fill in is unknown. */
export function previewCreate(definition: Shape, inputs: Values): Values {
  return preview(definition, inputs, () => UNKNOWN);
}

/** As a create, but what an update leaves alone keeps its recorded value, which may tell more than was asked for. */
export function previewUpdate(definition: Shape, old: { inputs: Values; outputs: Values }, inputs: Values): Values {
  const { outputs: oldOutputs } = old;
  const stable = new Set(definition.stableOutputs);
  // Outputs hold the inputs as they were applied last.
  const unchanged = (key: string): boolean =>
    isSame(definition.inputs[key] ?? { type: 'any' }, old.inputs[key] ?? oldOutputs[key], inputs[key]);
  /** Whether what this one hangs on stays; undefined where it hangs on nothing. */
  const stays = (key: string): boolean | undefined => definition.stableWhile?.[key]?.every(unchanged);
  const keeps = (key: string): boolean => stable.has(key) || definition.inputs[key]?.computed === true || stays(key) === true;
  const told = (key: string, value: Value): Value => {
    const recorded = oldOutputs[key];
    if (recorded === undefined || !unchanged(key) || isSame({ type: 'any' }, recorded, value)) return value;
    return stays(key) === false ? UNKNOWN : recorded;
  };
  const kept = Object.entries(inputs).map(([key, value]) => [key, told(key, value)]);
  const known = preview(definition, Object.fromEntries(kept) as Values, (key) => (keeps(key) ? (oldOutputs[key] ?? UNKNOWN) : UNKNOWN));
  return Object.hasOwn(oldOutputs, 'id') ? { ...known, id: oldOutputs['id']! } : known;
}

function preview(definition: Shape, inputs: Values, fill: (key: string) => Value): Values {
  const filled: Values = { ...inputs };
  const computed = Object.keys(definition.inputs).filter((key) => definition.inputs[key]!.computed === true);
  for (const key of [...Object.keys(definition.outputs), ...computed]) {
    if (!Object.hasOwn(filled, key)) filled[key] = fill(key);
  }
  return markSecrets(filled, { ...definition.inputs, ...definition.outputs }, secretKeys(inputs));
}
