import { inject } from 'vitest';

/** Ask the run's global set-up for something it starts once; see global-setup.ts. @throws Error with its reason. */
export async function askBroker<T>(path: '/postgres' | '/engine' | '/engine+language'): Promise<T> {
  const { origin, username, host } = new URL(inject('broker'));
  const response = await fetch(`${origin === 'null' ? `http://${host}` : origin}${path}`, { headers: { authorization: username } });
  const answer = (await response.json()) as { value: T; error?: string };
  if (!response.ok) throw new Error(`The test run could not start ${path.slice(1)}: ${answer.error}`);
  return answer.value;
}
