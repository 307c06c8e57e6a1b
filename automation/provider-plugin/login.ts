/** Where and as whom the plain CLI is logged in: its environment, else its credentials file. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const Credentials = z.object({ current: z.string().optional(), accessTokens: z.record(z.string(), z.string()).nullish() });

export interface Login {
  readonly origin: string;
  readonly token: string;
}

/** Throws a sentence with the remedy when nobody is logged in. `env` is the process environment. */
export async function readLogin(env: Readonly<Record<string, string | undefined>>): Promise<Login> {
  const file = join(env['PULUMI_HOME'] ?? join(homedir(), '.pulumi'), 'credentials.json');
  const stored = await readFile(file, 'utf8').then(
    (text) => Credentials.safeParse(JSON.parse(text)).data,
    () => undefined,
  );
  const origin = env['PULUMI_BACKEND_URL'] ?? stored?.current;
  if (!origin?.startsWith('http')) throw new Error('Not logged in to Plinth. Run: pulumi login <address of Plinth>');
  const token = env['PULUMI_ACCESS_TOKEN'] ?? stored?.accessTokens?.[origin];
  if (!token) throw new Error(`No access token for ${origin}. Run: pulumi login ${origin}`);
  return { origin, token };
}
