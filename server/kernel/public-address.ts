/** Where people and servers reach this installation. */
import type { Config } from './config.ts';

/** Without a slash at its end. Links are made of what was configured, never of what a request said. */
export function publicAddress({ publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>): string {
  return publicUrl?.replace(/\/+$/, '') ?? `http://localhost:${port}`;
}
