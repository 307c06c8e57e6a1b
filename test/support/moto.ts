/** Moto for the tests, an AWS of other people: `pip install 'moto[server,ec2,route53]'`, or PLINTH_MOTO=/path/to/moto_server. */
import { spawn, spawnSync } from 'node:child_process';
import { vi } from 'vitest';
import { freePort } from './free-port.ts';

const MOTO = [process.env['PLINTH_MOTO'], 'moto_server'].find((each) => each && spawnSync(each, ['--help']).status === 0);
/** Why there is none; '' where there is. */
export const motoMissing = MOTO ? '' : "pip install 'moto[server,ec2,route53]', or name moto_server in PLINTH_MOTO";
if (motoMissing) console.warn(`not judged by moto: ${motoMissing}`);

export interface Moto {
  readonly baseUrl: string;
  close(): void;
}

/**
 * Serves on loopback until closed, with nothing in it; undefined where there is none.
 * @param strict moto's own switches, as its environment has them
 */
export async function startMoto(strict: Readonly<Record<string, string>> = {}): Promise<Moto | undefined> {
  if (!MOTO) return undefined;
  const port = await freePort();
  const moto = spawn(MOTO, ['-H', '127.0.0.1', '-p', String(port)], { env: { ...process.env, ...strict }, stdio: 'ignore' });
  const baseUrl = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(baseUrl), { timeout: 60_000, interval: 200 });
  return { baseUrl, close: () => void moto.kill('SIGKILL') };
}
