/**
 * The baseline: the KillSwitches API as its documentation shows it, on Pulumi's own `postgres://` backend with a
 * passphrase. `createOrSelectStack` once per stack, then the stack's methods with all that they bring.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { LocalWorkspace, type Stack } from '@pulumi/pulumi/automation/index.js';
import type { EngineOperation } from '../../automation/types.ts';
import { PROJECT, type VpsSpec } from '../../stacks/spec.ts';
import { program } from '../../stacks/vps.ts';

export interface PlainOptions {
  readonly databaseUrl: string;
  readonly engineDir: string;
  readonly debugProviders: string;
  /** A directory of its own. */
  readonly dir: string;
  readonly specOf: (vpsId: string) => VpsSpec;
}

/** `stack.destroy()` has no way past a protected resource, so the baseline's are not protected. */
function unprotected<T>(inner: () => Promise<T>): () => Promise<T> {
  return () => {
    pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props, opts: { ...opts, protect: false } }));
    return inner();
  };
}

/** Returns what runs one operation of one stack. */
export async function plainDriver(options: PlainOptions): Promise<(vpsId: string, operation: EngineOperation) => Promise<void>> {
  const home = join(options.dir, 'home');
  const workDir = join(options.dir, 'project');
  await mkdir(home, { recursive: true });
  await mkdir(workDir, { recursive: true });
  const url = new URL(options.databaseUrl);
  url.protocol = 'postgres:';
  url.searchParams.set('sslmode', 'disable');
  const envVars = {
    PULUMI_BACKEND_URL: url.href,
    PULUMI_CONFIG_PASSPHRASE: 'bench',
    PULUMI_HOME: home,
    PULUMI_DEBUG_PROVIDERS: options.debugProviders,
    // No contender may wait for the network.
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  };
  process.env['PATH'] = `${options.engineDir}:${process.env['PATH']}`;
  const stacks = new Map<string, Promise<Stack>>();
  const stackOf = (vpsId: string): Promise<Stack> => {
    let stack = stacks.get(vpsId);
    if (!stack) {
      const args = { stackName: `vps-${vpsId}`, projectName: PROJECT, program: unprotected(program(options.specOf(vpsId))) };
      stacks.set(vpsId, (stack = LocalWorkspace.createOrSelectStack(args, { envVars, workDir })));
    }
    return stack;
  };
  return async (vpsId, operation) => {
    const stack = await stackOf(vpsId);
    if (operation === 'up') await stack.up();
    else if (operation === 'preview') await stack.preview();
    else if (operation === 'refresh') await stack.refresh();
    else if (operation === 'refresh-preview') await stack.previewRefresh();
    else await stack.destroy();
  };
}
