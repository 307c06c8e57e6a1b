/** Declaring a vendor's resource by its token alone, for providers whose SDK is not worth its weight. */
import * as pulumi from '@pulumi/pulumi';
import { sharedKeyName } from './names.ts';

/**
 * A resource as the vendor's own class would register it: same token, property names and version, so that its state is the
 * same and the vendor's plug-in can take it over. Outputs are read with `told`.
 */
export class Declared extends pulumi.CustomResource {
  /** @param outputs names that the program reads and that are no inputs */
  constructor(
    token: string,
    version: string,
    name: string,
    args: pulumi.Inputs,
    outputs: readonly string[],
    opts: pulumi.CustomResourceOptions,
  ) {
    super(token, name, { ...Object.fromEntries(outputs.map((output) => [output, undefined])), ...args }, { version, ...opts });
  }

  /** A text by name; an absent one is empty. */
  told(output: string): pulumi.Output<string> {
    return this.toldAs<string | undefined>(output).apply((told) => told ?? '');
  }

  toldAs<T>(output: string): pulumi.Output<T> {
    const value = (this as unknown as Record<string, pulumi.Output<T> | undefined>)[output];
    if (value === undefined) throw new Error(`${output} is neither an input nor a declared output.`);
    return value;
  }
}

type Declare = (
  type: string,
  name: string,
  args: pulumi.Inputs,
  outputs: readonly string[],
  opts: pulumi.CustomResourceOptions,
) => Declared;

/** @param family what the tokens begin with, `hcloud:index` for example; `version` is the vendor's package's */
export function declarer(family: string, version: string): Declare {
  return (type, name, args, outputs, opts) => new Declared(`${family}/${type}`, version, name, args, outputs, opts);
}

/** One for each key, named by the key itself where an account takes a key once. `opts` are the server's. */
export function declareSharedKeys(
  declare: Declare,
  type: string,
  name: string,
  publicKeys: readonly string[],
  opts: pulumi.CustomResourceOptions,
): Declared[] {
  return publicKeys.map((given, i) =>
    declare(type, `${name}-key-${i + 1}`, { name: sharedKeyName(given), publicKey: given.trim() }, [], besides(opts)),
  );
}

/** What a helper takes over from the options of its server: its parent and provider, not its protection or time limits. */
export function besides({ parent, provider }: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return { ...(parent ? { parent } : {}), ...(provider ? { provider } : {}) };
}
