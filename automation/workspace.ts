/**
 * The directory that every CLI process runs in, and the small environment it gets. Stacks share one
 * directory: what differs per stack is in the state backend, never in files.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../stacks/spec.ts';

export interface EngineWorkspace {
  /** Holds `Pulumi.yaml`; the working directory of CLI processes. */
  readonly dir: string;
  /** `PULUMI_HOME` and `HOME`: private, so nothing of the machine's user leaks in. */
  readonly home: string;
}

/** Creates the directory (mode 0700) when it is missing. Safe to call again and from several processes. */
export async function prepareWorkspace(workDir: string): Promise<EngineWorkspace> {
  const dir = join(workDir, 'project');
  const home = join(workDir, 'home');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(dir, 'Pulumi.yaml'), `name: ${PROJECT}\nruntime: nodejs\n`, { mode: 0o600 });
  // The CLI writes a debug log per process into this directory and has no switch for it. A file in its
  // place turns that off: nothing piles up, and no log can hold what it should not.
  await writeFile(join(home, 'logs'), '', { mode: 0o600 });
  return { dir, home };
}

/**
 * The whole environment of a CLI process, save what the backend and the operation add. The CLI hands
 * its environment to every plugin, so nothing is inherited from the worker.
 */
export function baseEnvironment(workspace: EngineWorkspace): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    HOME: workspace.home,
    PULUMI_HOME: workspace.home,
    // The event stream's flag exists only with the debug commands.
    PULUMI_DEBUG_COMMANDS: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_IGNORE_AMBIENT_PLUGINS: 'true',
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: 'true',
    // CI detection reads git metadata and the environment of the machine; neither belongs to a stack.
    PULUMI_DISABLE_CI_DETECTION: 'true',
    // The secrets manager is recorded in the state; the config file in the shared directory is not the truth.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: 'true',
    NO_COLOR: '1',
  };
}
