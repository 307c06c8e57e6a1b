/** The administrator's password as a secret output: generated into the stack's state, or brought by the caller. */
import * as pulumi from '@pulumi/pulumi';
// The package's index would load every resource it has.
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import type { RandomPasswordPlan } from './customer-vps.types.ts';

export interface RootPassword {
  readonly value: pulumi.Output<string>;
  /** What must exist before anything uses the password; undefined when the caller brought it. */
  readonly resource?: pulumi.Resource;
}

/** Without a plan and without one brought, nobody knows it: then it is ''. */
export function declareRootPassword(
  name: string,
  plan: RandomPasswordPlan | null,
  brought: string | undefined,
  opts: pulumi.CustomResourceOptions,
): RootPassword {
  if (brought !== undefined) return { value: pulumi.secret(brought) };
  if (plan === null) return { value: pulumi.secret('') };
  const resource = new RandomPassword(name, { ...plan, keepers: { ...plan.keepers } }, opts);
  return { value: pulumi.secret(resource.result), resource };
}
