/**
 * An account's configuration: snake_case on the wire, the provider's own camelCase options inside. Every provider says
 * in its descriptor which there are; these are the ones that Plinth itself looks at.
 */
import type { z } from 'zod';
import type { Provider } from '../../providers/provider.ts';
import { refuseField } from '../kernel/problem.ts';
import type { Account, Json } from '../kernel/database.ts';

export interface AccountOptions {
  /** Taken when several accounts would do. */
  readonly default?: boolean;
  /** Empty: all. */
  readonly allowedRegions?: readonly string[];
  /** For orders that do not say. */
  readonly backupEnabled?: boolean;
  readonly ipv6Enabled?: boolean;
  /** '' = none. */
  readonly defaultZone?: string;
  readonly allowedZones?: readonly string[];
  /** Seconds; 1 = automatic. */
  readonly ttl?: number;
  readonly proxied?: boolean;
}

export function optionsOf(account: Pick<Account, 'configuration'>): AccountOptions {
  return account.configuration as AccountOptions;
}

/** As answers show it. */
export function configurationOnWire(account: Pick<Account, 'configuration'>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(account.configuration as object).map(([name, value]) => [onWire(name), value]));
}

/** @throws Refusal naming the option, its rule and the options there are. */
export function parseConfiguration(provider: Provider, given: Readonly<Record<string, unknown>>): Json & Record<string, unknown> {
  const { options, name } = provider.descriptor;
  const known = Object.keys((options as z.ZodObject).shape);
  const inside = new Map(known.map((option) => [onWire(option), option]));
  const remedy = `Options of ${name}: ${[...inside.keys()].join(', ') || 'none'}.`;
  for (const key of Object.keys(given)) {
    if (!inside.has(key)) throw refuseField(`configuration.${key.slice(0, 100)}`, `is not an option of ${name}`, remedy);
  }
  const parsed = options.safeParse(Object.fromEntries(Object.entries(given).map(([key, value]) => [inside.get(key)!, value])));
  if (parsed.success) return parsed.data as Json & Record<string, unknown>;
  const [issue] = parsed.error.issues;
  const [option = '', ...below] = issue!.path.map(String);
  throw refuseField(['configuration', onWire(option), ...below].join('.'), issue!.message, remedy);
}

function onWire(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
