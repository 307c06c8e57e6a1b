/** The package schema the engine may ask for, made from the definitions. Pure. */
import type { Provider } from '../../providers/provider.ts';
import type { PropertySpec } from '../../providers/resource.ts';

type Specs = Readonly<Record<string, PropertySpec>>;
interface SchemaType {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: SchemaType;
  readonly additionalProperties?: SchemaType;
}

const ANY: SchemaType = { $ref: 'pulumi.json#/Any' };

export function packageSchema(provider: Pick<Provider, 'descriptor' | 'resources' | 'functions'>): string {
  const { pulumiPackage, pulumiPackageVersion } = provider.descriptor;
  return JSON.stringify({
    name: pulumiPackage,
    version: pulumiPackageVersion,
    provider: {},
    config: {},
    resources: Object.fromEntries(
      provider.resources.map((definition) => [
        definition.token,
        {
          properties: properties({ ...definition.inputs, ...definition.outputs }),
          required: Object.keys(definition.outputs),
          inputProperties: properties(definition.inputs),
          requiredInputs: requiredKeys(definition.inputs),
        },
      ]),
    ),
    functions: Object.fromEntries(
      provider.functions.map((definition) => [
        definition.token,
        {
          inputs: { type: 'object', properties: properties(definition.inputs), required: requiredKeys(definition.inputs) },
          outputs: { type: 'object', additionalProperties: ANY },
        },
      ]),
    ),
  });
}

function properties(specs: Specs): Record<string, object> {
  return Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => [
      key,
      {
        ...schemaType(spec),
        ...(spec.secret === true ? { secret: true } : {}),
        ...(spec.replace === true ? { willReplaceOnChanges: true } : {}),
        ...(spec.deprecated === undefined ? {} : { deprecationMessage: spec.deprecated }),
      },
    ]),
  );
}

function requiredKeys(specs: Specs): string[] {
  return Object.keys(specs).filter((key) => specs[key]!.required === true);
}

function schemaType(spec: PropertySpec): SchemaType {
  switch (spec.type) {
    case 'any':
      return ANY;
    case 'array':
      return { type: 'array', items: spec.items ? schemaType(spec.items) : ANY };
    case 'object':
      return { type: 'object', additionalProperties: spec.additional ? schemaType(spec.additional) : ANY };
    default:
      return { type: spec.type };
  }
}
