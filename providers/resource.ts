/**
 * How a provider folder describes a Pulumi resource to the provider host. The host does check, diff,
 * preview, secrets and unknowns from `inputs`/`outputs`; the definition does the calls.
 */

/** Plain JSON values: the host has removed secret wrappers and never passes unknowns to CRUD calls. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Properties = Record<string, Json>;

export interface PropertySpec {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'any';
  /** Of an array. */
  readonly items?: PropertySpec;
  /** Of an object with known keys; unknown keys are check failures. */
  readonly properties?: Readonly<Record<string, PropertySpec>>;
  /** Of an object used as a map. */
  readonly additional?: PropertySpec;
  readonly required?: boolean;
  /** Filled in by check when the input is absent. */
  readonly default?: Json;
  /** A change replaces the resource, as in the vendor's schema. */
  readonly replace?: boolean;
  /** Marked secret in state whatever the program said. */
  readonly secret?: boolean;
  /** Arrays whose order does not matter (the vendor's schema calls them sets). */
  readonly unordered?: boolean;
  /** True when two values mean the same (case, CIDR form …); equal values are no diff. */
  readonly same?: (oldValue: Json | undefined, newValue: Json | undefined) => boolean;
  /** The provider fills it in when the input is absent; an absent input is then no diff. */
  readonly computed?: boolean;
  /** Allowed values. */
  readonly oneOf?: readonly Json[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** The vendor's property is deprecated or removed upstream; kept so that programs still compile. */
  readonly deprecated?: string;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface ResourceContext<Client = unknown> {
  readonly client: Client;
  readonly urn: string;
  /** Aborted on cancel and on timeout. Every wait and call must honour it. */
  readonly signal: AbortSignal;
  readonly log: (severity: 'debug' | 'info' | 'warning' | 'error', message: string) => void;
  /** Transient line under the resource in the CLI's display and Plinth's operation view. */
  readonly progress: (message: string) => void;
}

export interface Created {
  readonly id: string;
  readonly outputs: Properties;
}
export interface ReadResult {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

// The client's type is the provider's own business; the host passes it through unseen.
export interface ResourceDefinition<Client = any> {
  readonly token: string;
  readonly inputs: Readonly<Record<string, PropertySpec>>;
  /** Output properties beyond the inputs; used for secrets and for "known after apply" in previews. */
  readonly outputs: Readonly<Record<string, PropertySpec>>;
  /** Outputs that keep their value on an update, so previews do not show them as unknown. */
  readonly stableOutputs?: readonly string[];
  /** Outputs, and what an input's output tells beyond it, by name, that keep their value on an update which changes none of these inputs. */
  readonly stableWhile?: Readonly<Record<string, readonly string[]>>;
  /** The old must be gone before the new can exist (unique labels). */
  readonly deleteBeforeReplace?: boolean;
  /** Defaults in ms; the program's customTimeouts win. */
  readonly timeoutsMs: { readonly create: number; readonly update: number; readonly delete: number };
  /** Rules beyond the specs; inputs may lack unknown properties. Runs after defaults. */
  readonly check?: (inputs: Properties) => CheckFailure[];
  /** Further replace decisions, for example ipv6 true -> false. */
  readonly replaceOn?: (oldInputs: Properties, newInputs: Properties) => string[];
  /** Find-or-create: safe to call again after any crash. Throws InitializationError when made but not ready. */
  readonly create: (ctx: ResourceContext<Client>, inputs: Properties) => Promise<Created>;
  /** null only when definitely gone; throws on any doubt. `state` is absent on import. */
  readonly read: (
    ctx: ResourceContext<Client>,
    id: string,
    state?: { inputs: Properties; outputs: Properties },
  ) => Promise<ReadResult | null>;
  readonly update?: (
    ctx: ResourceContext<Client>,
    id: string,
    args: { oldInputs: Properties; oldOutputs: Properties; inputs: Properties },
  ) => Promise<Properties>;
  /** Returns when the provider no longer has it; already gone is success. */
  readonly delete: (ctx: ResourceContext<Client>, id: string, outputs: Properties) => Promise<void>;
}

export interface FunctionDefinition<Client = any> {
  readonly token: string;
  readonly inputs: Readonly<Record<string, PropertySpec>>;
  readonly invoke: (ctx: Omit<ResourceContext<Client>, 'urn'>, args: Properties) => Promise<Properties>;
}

/** The resource exists but is not usable; the host reports its id and outputs so that state keeps it. */
export class InitializationError extends Error {
  readonly id: string;
  readonly outputs: Properties;
  readonly reasons: string[];
  constructor(id: string, outputs: Properties, reasons: string[]) {
    super(reasons.join('; '));
    this.name = 'InitializationError';
    this.id = id;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}
