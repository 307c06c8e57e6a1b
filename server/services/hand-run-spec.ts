/**
 * What a person changed in the pulled config. After a successful `pulumi up` it is the VPS's spec, so that the next
 * operation of the service does not undo it. What only Plinth may decide cannot be changed this way.
 */
import { PROJECT, VpsSpec } from '../../stacks/spec.ts';
import type { UpdateRow } from '../store/state-rows.ts';
import type { VpsChange, VpsWithAccount } from '../store/vpses.ts';

export type HandSpec = { readonly spec: VpsSpec; readonly refused: null } | { readonly spec: null; readonly refused: string | null };

/** `spec` null without `refused`: the update carries no spec, so there is nothing to take over. */
export function handSpec(vps: VpsWithAccount, config: UpdateRow['config']): HandSpec {
  const given = specIn(config);
  if (given === undefined) return { spec: null, refused: null };
  const parsed = VpsSpec.safeParse(given);
  if (!parsed.success) return { spec: null, refused: `${PROJECT}:spec is not a VPS spec. Write it anew with plinth stack pull ${vps.id}.` };
  const spec = parsed.data;
  const changed = fixedParts(VpsSpec.parse(vps.spec)).find(([name, value]) => value !== new Map(fixedParts(spec)).get(name));
  if (!changed) return { spec, refused: null };
  const [name, value] = changed;
  return {
    spec: null,
    refused: `${PROJECT}:spec changes ${name}, which only Plinth may decide. Put back ${value}, or write the config anew with plinth stack pull ${vps.id}.`,
  };
}

/** The columns that follow the spec. */
export function specChange(spec: VpsSpec): VpsChange {
  return { spec, plan: spec.compute.plan };
}

function fixedParts({ vpsId, generation, label, compute, dns }: VpsSpec): [name: string, value: string][] {
  return [
    ['vpsId', vpsId],
    ['generation', String(generation)],
    ['label', label],
    ['compute.provider', compute.provider],
    ['compute.accountId', compute.accountId],
    ['compute.region', compute.region],
    ['compute.image', compute.image],
    ['compute.imported', JSON.stringify(compute.imported ?? null)],
    ['dns.accountId', dns?.accountId ?? 'null'],
    ['dns.zoneId', dns?.zoneId ?? 'null'],
  ];
}

/** The command line sends an object as JSON text with `object: true`. */
function specIn(config: UpdateRow['config']): unknown {
  const value = config[`${PROJECT}:spec`] as { string?: unknown } | undefined;
  if (typeof value?.string !== 'string') return undefined;
  try {
    return JSON.parse(value.string);
  } catch {
    return null;
  }
}
