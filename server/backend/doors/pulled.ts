/**
 * Which version of a VPS a pulled file was made from, and what changed since: a mark per field of the spec, under a key of the
 * stack, so that it tells nothing about a value. An update from an older file would undo those changes.
 */
import { z } from 'zod';
import { PROJECT, type VpsSpec } from '../../../stacks/spec.ts';
import { canonical } from '../../kernel/fingerprint.ts';
import type { UpdateRow } from '../rows.ts';

export const PULLED_KEY = `${PROJECT}:pulled`;
/** Their parts are told apart. */
const PARTED: ReadonlySet<string> = new Set(['compute', 'dns', 'cloudInit']);

/** Nothing in it that a YAML reader could take for a time or a number: `at` is in ms since 1970. */
const Pulled = z.strictObject({ at: z.number(), fields: z.record(z.string(), z.string()) });
export type Pulled = z.infer<typeof Pulled>;

export type MarkOf = (text: string) => string;

/** Goes into the pulled file beside the spec. */
export function pulledMark(spec: VpsSpec, markOf: MarkOf, at: Date): Pulled {
  return { at: at.getTime(), fields: marksOf(spec, markOf) };
}

export interface PulledConfig {
  /** The mark's text as the command line sent it; null in a file from before marks. */
  readonly text: string | null;
  readonly mark: Pulled | null;
}

export function pulledIn(config: UpdateRow['config']): PulledConfig {
  const text = (config[PULLED_KEY] as { string?: unknown } | undefined)?.string;
  if (typeof text !== 'string') return { text: null, mark: null };
  try {
    return { text, mark: Pulled.parse(JSON.parse(text)) };
  } catch {
    return { text: null, mark: null };
  }
}

/**
 * Fields that changed in Plinth since the file was pulled and that `given` does not have as they are now: it would put them
 * back. Without a mark these are all in which it differs. `last` is the spec of the file's own last successful update, from
 * where it counts then.
 */
export function changedSince(now: VpsSpec, given: VpsSpec, mark: Pulled | null, last: VpsSpec | null, markOf: MarkOf): string[] {
  const from = last ? marksOf(last, markOf) : mark?.fields;
  const [present, wanted] = [marksOf(now, markOf), marksOf(given, markOf)];
  const names = [...new Set([...Object.keys(present), ...Object.keys(wanted)])];
  return names.filter((name) => present[name] !== wanted[name] && (from === undefined || present[name] !== from[name]));
}

/** Fields in which two specs differ. */
export function differing(one: VpsSpec, other: VpsSpec): string[] {
  return changedSince(one, other, null, null, (text) => text);
}

function marksOf(spec: VpsSpec, markOf: MarkOf): Record<string, string> {
  const marks: Record<string, string> = {};
  for (const [name, value] of Object.entries(spec)) {
    if (!PARTED.has(name) || value === null) marks[name] = `m${markOf(`${name} ${canonical(value)}`)}`;
    else for (const [part, inner] of Object.entries(value)) marks[`${name}.${part}`] = `m${markOf(`${name}.${part} ${canonical(inner)}`)}`;
  }
  return marks;
}
