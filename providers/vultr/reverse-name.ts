/** What the reverse names of both IP versions share: names compare without case and end dot, and only our own is taken away. */
import type { Json, PropertySpec } from '../resource.ts';

export const REVERSE_TIMEOUT_MS = 5 * 60_000;

/** DNS names are equal whatever their case, with or without the root's dot. */
export function sameName(a: Json | undefined, b: Json | undefined): boolean {
  return plain(a) === plain(b);
}

function plain(name: Json | undefined): string {
  return String(name ?? '')
    .toLowerCase()
    .replace(/\.$/, '');
}

const text: PropertySpec = { type: 'string', required: true, replace: true };

/** The vendor's resources have the same inputs, and replace on each. */
export const reverseInputs = (sameAddress?: PropertySpec['same']) =>
  ({
    instanceId: text,
    ip: sameAddress ? { ...text, same: sameAddress } : text,
    reverse: { ...text, same: sameName },
  }) as const satisfies Record<string, PropertySpec>;
