/**
 * Where and as whom the plain CLI is logged in: its environment, else its credentials file. That file is looked for as the
 * CLI does (sdk/go/common/workspace/creds.go, util/pulumihome): by its two variables, else in the home of the passwd
 * entry, whatever `$HOME` says.
 */
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const Credentials = z.object({ current: z.string().optional(), accessTokens: z.record(z.string(), z.string()).nullish() });

export interface Login {
  readonly origin: string;
  readonly token: string;
}

/** Throws a sentence with the remedy when nobody is logged in. `env` is the process environment; `home` that of the user's passwd entry. */
export async function readLogin(env: Environment, home: () => string = passwdHome): Promise<Login> {
  // An empty variable counts as none, as it does there.
  const dir = env['PULUMI_CREDENTIALS_PATH'] || env['PULUMI_HOME'] || join(home(), '.pulumi');
  const text = await readFile(join(dir, 'credentials.json'), 'utf8').catch(() => undefined);
  const stored = text === undefined ? undefined : credentialsIn(text);
  const origin = env['PULUMI_BACKEND_URL'] || stored?.current;
  const sealed = text !== undefined && stored === undefined;
  if (!origin?.startsWith('http'))
    throw new Error(
      sealed
        ? `The login in ${dir} is sealed by this machine's key store, which provider plug-ins do not open. Set PULUMI_BACKEND_URL and PULUMI_ACCESS_TOKEN.`
        : `Not logged in to Plinth (no login in ${dir}). Run: pulumi login <address of Plinth>`,
    );
  const token = env['PULUMI_ACCESS_TOKEN'] || stored?.accessTokens?.[origin];
  if (!token) throw new Error(`No access token for ${origin}. ${sealed ? 'Set PULUMI_ACCESS_TOKEN.' : `Run: pulumi login ${origin}`}`);
  return { origin, token };
}

/** A user without an entry has the home that the environment names. */
function passwdHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir();
  }
}

function credentialsIn(text: string): z.infer<typeof Credentials> | undefined {
  try {
    const found = Credentials.safeParse(JSON.parse(text)).data;
    return found?.current === undefined && found?.accessTokens == null ? undefined : found;
  } catch {
    return undefined;
  }
}
