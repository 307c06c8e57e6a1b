/** Whose server it is: a server belongs to one living VPS, from the moment that its import is ordered. */
import { Refusal } from '../../kernel/problem.ts';
import type { Account, Db } from '../../kernel/database.ts';
import { livingVpsOf, lockServer, type VpsWithAccount } from '../store.ts';

/** What a VPS's row keeps of an import until it has succeeded. */
export interface Importing {
  /** The server's id at the provider. */
  readonly objectId: string;
  /** It carried the VPS's identity tag before, so giving the import up leaves that on it. */
  readonly tagged: boolean;
}

export function importingOf({ importing }: Pick<VpsWithAccount, 'importing'>): Importing | null {
  return importing as unknown as Importing | null;
}

/** Other claims of the server wait until the transaction ends. @throws Refusal 409 when a living VPS has it. */
export async function requireUnclaimed(
  tx: Db,
  account: Pick<Account, 'provider' | 'endpointKind'>,
  objectId: string,
  except?: string,
): Promise<void> {
  await lockServer(tx, account, objectId);
  const owner = await livingVpsOf(tx, account, objectId);
  if (owner && owner.id !== except)
    throw new Refusal(
      409,
      'already_recorded',
      `The server ${objectId} belongs to the VPS "${owner.label}" (${owner.id}). Work with that one.`,
    );
}

/** Claims the server of an import once more, before it is run again. @throws Refusal 409 when another VPS has it meanwhile. */
export async function claimServer(tx: Db, vps: VpsWithAccount): Promise<{ instanceId?: string }> {
  const importing = importingOf(vps);
  if (importing === null) return {};
  await requireUnclaimed(tx, vps.account, importing.objectId, vps.id);
  return { instanceId: importing.objectId };
}
