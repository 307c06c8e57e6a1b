/**
 * Each engine process gets a credentials file of its own. The CLI stores a token from its environment in
 * that file and reads it back, so processes that share one take each other's tokens; and what is in the
 * environment is handed on to every plugin.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readStartTime } from './recovery.ts';

const NO_START_TIME = 'x';

type Environment = Readonly<Record<string, string>>;

function lives(pid: number, startTime: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (readStartTime(pid) ?? NO_START_TIME) === startTime;
}

export class CredentialFiles {
  readonly #root: string;
  /** Tells whose directories are left over: a process that is gone needs none. */
  readonly #owner = `${process.pid}-${readStartTime(process.pid) ?? NO_START_TIME}-`;

  /** `root` is private to this user; several processes may share it. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Makes the root and removes what dead workers left. */
  async prepare(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#root)) {
      const [pid, startTime = ''] = name.split('-');
      if (!lives(Number(pid), startTime)) await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }

  /** Moves the access token of `env` into a file of its own. Without a token the environment stays as it is. */
  async open(env: Environment): Promise<{ env: Environment; release(): Promise<void> }> {
    const { PULUMI_ACCESS_TOKEN: accessToken, ...rest } = env;
    const url = env['PULUMI_BACKEND_URL'];
    if (accessToken === undefined || url === undefined) return { env, release: async () => undefined };
    const dir = await mkdtemp(join(this.#root, this.#owner));
    // A validation within the hour is not repeated, which saves the CLI a request.
    const account = { accessToken, username: 'plinth', lastValidatedAt: new Date().toISOString() };
    const credentials = { current: url, accessTokens: { [url]: accessToken }, accounts: { [url]: account } };
    await writeFile(join(dir, 'credentials.json'), JSON.stringify(credentials), { mode: 0o600 });
    return {
      env: { ...rest, PULUMI_CREDENTIALS_PATH: dir, PULUMI_CREDENTIAL_STORE: 'plaintext' },
      release: () => rm(dir, { recursive: true, force: true }),
    };
  }
}
