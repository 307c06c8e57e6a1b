/**
 * What a person changed in the pulled config. After a successful `pulumi up` it is the VPS's spec, so that the next
 * operation of the service does not undo it. What only Plinth may decide cannot be changed this way.
 */
import { PROJECT, VpsSpec } from '../../../stacks/spec.ts';
import type { SecretBox } from '../../kernel/secrets.ts';
import { specInConfig } from '../sealed-config.ts';
import type { UpdateRow } from '../rows.ts';
import type { VpsColumns, VpsWithAccount } from '../../vps/store.ts';
import { atRest } from '../../vps/user-data.ts';

export type HandSpec = { readonly spec: VpsSpec; readonly refused: null } | { readonly spec: null; readonly refused: string | null };

/** A secret of the stack to its text; undefined when it is not this stack's. */
export type Decrypt = (ciphertext: string) => string | undefined;

/**
 * `spec` null without `refused`: the update carries no spec, so there is nothing to take over. `fixed` false takes also one
 * that changes what only Plinth may.
 */
export function handSpec(vps: VpsWithAccount, config: UpdateRow['config'], decrypt: Decrypt, fixed = true): HandSpec {
  const given = specInConfig(config, decrypt);
  if (given === undefined) return { spec: null, refused: null };
  const parsed = VpsSpec.safeParse(given);
  if (!parsed.success) return { spec: null, refused: `${PROJECT}:spec is not a VPS spec. Write it anew with plinth stack pull ${vps.id}.` };
  const spec = parsed.data;
  const changed = fixed && fixedParts(VpsSpec.parse(vps.spec)).find(([name, value]) => value !== new Map(fixedParts(spec)).get(name));
  if (!changed) return { spec, refused: null };
  const [name, value] = changed;
  return {
    spec: null,
    refused: `${PROJECT}:spec changes ${name}, which only Plinth may decide. Put back ${value}, or write the config anew with plinth stack pull ${vps.id}.`,
  };
}

/** The columns that follow the spec. */
export function specChange(secrets: SecretBox, spec: VpsSpec): VpsColumns {
  return { ...atRest(secrets, spec), plan: spec.compute.plan };
}

function fixedParts({ vpsId, generation, label, hostname, compute, dns }: VpsSpec): [name: string, value: string][] {
  return [
    ['vpsId', vpsId],
    ['generation', String(generation)],
    ['label', label],
    // A name has one owner, and a rule; a rename asks for both.
    ['hostname', hostname],
    ['compute.provider', compute.provider],
    ['compute.accountId', compute.accountId],
    ['compute.region', compute.region],
    ['compute.image', compute.image],
    // Whose it is was asked when the VPS was ordered.
    ['compute.snapshotId', compute.snapshotId ?? 'null'],
    ['compute.imported', JSON.stringify(compute.imported ?? null)],
    ['dns.accountId', dns?.accountId ?? 'null'],
    ['dns.zoneId', dns?.zoneId ?? 'null'],
    ['dns.zone', dns?.zone ?? 'null'],
    ['dns.name', dns?.name ?? 'null'],
  ];
}
