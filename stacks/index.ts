/** What `pulumi up` runs by hand: the spec from `plinth:spec`, and the caller's password if there is one. */
import * as pulumi from '@pulumi/pulumi';
import { program } from './vps.ts';
import { openedSpec, PROJECT, VpsSpec } from './spec.ts';

const config = new pulumi.Config(PROJECT);

function readSpec(): VpsSpec {
  const parsed = VpsSpec.safeParse(openedSpec(config.requireObject('spec')));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Error(`The stack's config value plinth:spec is not a VPS spec: ${problems}. Write it anew with "plinth stack pull".`);
}

export default program(
  readSpec(),
  { rootPassword: config.get('rootPassword') },
  { replaceInstance: config.getBoolean('replaceInstance') ?? false },
);
