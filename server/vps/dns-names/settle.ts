/** Which DNS names a VPS keeps after an operation: those of its spec, and those that stand at the provider all the same. */
import { Requested } from '../../../contract/operations/kind.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { settleNames } from './dns-names.ts';
import { sheetOf } from '../operations/sheets.ts';
import type { Db, Operation } from '../../kernel/database.ts';
import type { VpsWithAccount } from '../store.ts';
import type { There } from '../operations/what-is-there.ts';

/** `failed`: what is left after a failure; `uncertain`: perhaps more than was read. */
export async function settleNamesAfter(
  tx: Db,
  operation: Pick<Operation, 'kind' | 'request'>,
  vps: VpsWithAccount,
  failed?: { readonly there: There; readonly uncertain: boolean },
): Promise<void> {
  const { kind, request } = operation;
  const { traits } = sheetOf(kind);
  // The end of a VPS is proven; nothing of it is left in any zone.
  if (traits.endsStack && !failed) return void (await settleNames(tx, vps, []));
  if (!traits.bringsAboutSpec) return;
  const present = nameIn(vps.spec);
  const { spec: wanted } = Requested.parse(request);
  const wished = wanted === undefined ? present : nameIn(wanted);
  if (!failed) return void (await settleNames(tx, vps, wished));
  const { names } = failed.there;
  if (names === null) return;
  await settleNames(tx, vps, [...present, ...names, ...(failed.uncertain ? wished : [])]);
}

function nameIn(spec: unknown): string[] {
  const { dns } = VpsSpec.parse(spec);
  return dns ? [dns.name] : [];
}
