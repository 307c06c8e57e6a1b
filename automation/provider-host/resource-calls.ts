/** The engine's resource operations in terms of one provider's definitions: between wire values and plain JSON. */
import { ProviderError } from '../../providers/errors.ts';
import {
  InitializationError,
  type CheckFailure,
  type FunctionDefinition,
  type Properties,
  type ResourceContext,
  type ResourceDefinition,
} from '../../providers/resource.ts';
import { checkArguments } from './check.ts';
import { diffInputs } from './diff.ts';
import { PartialState } from './service-errors.ts';
import { markSecrets, plain, secretKeys, type Value, type Values } from './values.ts';

export interface ReadOutcome {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
}

export async function createResource(
  definition: ResourceDefinition,
  ctx: ResourceContext,
  inputs: Values,
): Promise<{ id: string; outputs: Values }> {
  const secrets = secretKeys(inputs);
  const created = await keepingState(definition, ctx, inputs, secrets, () => definition.create(ctx, plain(inputs)));
  return { id: created.id, outputs: state(definition, created.id, plain(inputs), created.outputs, secrets) };
}

/** null when it is definitely gone. Without any recorded state it is an import. */
export async function readResource(
  definition: ResourceDefinition,
  ctx: ResourceContext,
  id: string,
  recorded: { inputs: Values; outputs: Values },
): Promise<ReadOutcome | null> {
  const known = Object.keys(recorded.inputs).length > 0 || Object.keys(recorded.outputs).length > 0;
  const secrets = secretKeys(recorded.inputs, recorded.outputs);
  const result = await keepingState(definition, ctx, recorded.inputs, secrets, () =>
    definition.read(ctx, id, known ? { inputs: plain(recorded.inputs), outputs: plain(recorded.outputs) } : undefined),
  );
  if (result === null) return null;
  return {
    id: result.id,
    inputs: markSecrets(result.inputs as Values, definition.inputs, secrets),
    outputs: state(definition, result.id, result.inputs, result.outputs, secrets),
  };
}

export async function updateResource(
  definition: ResourceDefinition,
  ctx: ResourceContext,
  id: string,
  args: { oldInputs: Values; oldOutputs: Values; inputs: Values },
): Promise<Values> {
  const secrets = secretKeys(args.inputs);
  const inputs = plain(args.inputs);
  const oldOutputs = plain(args.oldOutputs);
  const unchanged =
    diffInputs({ definition, oldInputs: args.oldInputs, oldOutputs: args.oldOutputs, newInputs: args.inputs }).changes.length === 0;
  return keepingState(
    definition,
    ctx,
    args.inputs,
    secrets,
    async () => {
      const changed = await definition.update?.(ctx, id, { oldInputs: plain(args.oldInputs), oldOutputs, inputs });
      // With nothing to change, the engine repairs a failed initialisation: what it has recorded is incomplete.
      if (changed !== undefined && !unchanged) return state(definition, id, inputs, changed, secrets);
      const now = await definition.read(ctx, id, { inputs, outputs: changed ?? oldOutputs });
      if (now === null)
        throw new ProviderError({
          provider: 'host',
          kind: 'not_found',
          message: `${id} is no longer at the provider. Refresh the stack, then run the update again.`,
        });
      return state(definition, id, inputs, now.outputs, secrets);
    },
    id,
  );
}

export async function invokeFunction(
  definition: FunctionDefinition,
  ctx: Omit<ResourceContext, 'urn'>,
  args: Values,
): Promise<{ result: Values } | { failures: CheckFailure[] }> {
  const checked = checkArguments(definition.inputs, args);
  if (checked.failures.length > 0) return { failures: checked.failures };
  return { result: (await definition.invoke(ctx, plain(checked.inputs))) as Values };
}

/**
 * Outputs as recorded: what the definition tells, over the inputs it leaves out because the provider never tells them, and
 * the id, which is a property like any other to the vendors' plugins: a resource without it is gone to some of them.
 */
function state(definition: ResourceDefinition, id: string, inputs: Properties, outputs: Properties, secrets: ReadonlySet<string>): Values {
  const merged: Record<string, Value> = { ...(inputs as Values), ...(outputs as Values), id };
  return markSecrets(merged, { ...definition.inputs, ...definition.outputs }, secrets);
}

/** Turns an initialisation error into the state the engine must keep. */
async function keepingState<T>(
  definition: ResourceDefinition,
  ctx: ResourceContext,
  inputs: Values,
  secrets: ReadonlySet<string>,
  work: () => Promise<T>,
  knownId?: string,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InitializationError)) throw error;
    ctx.log('warning', `${knownId ?? error.id} exists but is not ready: ${error.message}`);
    throw new PartialState(error.id, inputs, state(definition, error.id, plain(inputs), error.outputs, secrets), error.reasons);
  }
}
