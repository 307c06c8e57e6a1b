/** Where the simulator's machines answer: it is asked, each time, so that one that is off or gone answers nowhere. */
import { z } from 'zod';
import type { Machines } from './machine-door.ts';

const Machine = z.object({ port: z.int().min(1).max(65_535) });
const Authority = z.object({ certificate: z.string() });
const TIMEOUT_MS = 5_000;

export function simulatedMachines(origin: string, token: string | undefined): Machines {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${origin}/_simulator/machines${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return response.ok ? await response.json() : null;
  };
  let authority: Promise<string> | undefined;
  return async (address) => {
    const found = Machine.safeParse(await ask(`/${encodeURIComponent(address)}`).catch(() => null));
    if (!found.success) return null;
    authority ??= ask('').then((answer) => Authority.parse(answer).certificate);
    try {
      return { port: found.data.port, certificate: await authority };
    } catch {
      authority = undefined;
      return null;
    }
  };
}
