/** Rows of the keys that organizations keep. */
import { randomUUID } from 'node:crypto';
import type { SshKey } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { type Scope, scoped } from '../../kernel/listing.ts';

export type { SshKey };

/** By name. */
export async function listSshKeys(db: Db, scope: Scope): Promise<SshKey[]> {
  return await db.sshKey.findMany({ where: scoped(scope), orderBy: [{ name: 'asc' }, { id: 'asc' }] });
}

export async function sshKeyById(db: Db, scope: Scope, id: string): Promise<SshKey | null> {
  return await db.sshKey.findFirst({ where: { id, ...scoped(scope) } });
}

/** Those of one organization, in no order. */
export async function sshKeysByIds(db: Db, organizationId: string, ids: readonly string[]): Promise<SshKey[]> {
  return await db.sshKey.findMany({ where: { organizationId, id: { in: [...ids] } } });
}

export async function sshKeyByFingerprint(db: Db, organizationId: string, fingerprint: string): Promise<SshKey | null> {
  return await db.sshKey.findUnique({ where: { organizationId_fingerprint: { organizationId, fingerprint } } });
}

/** Holds the organization's row, so that two at once are counted one after the other. */
export async function countSshKeys(tx: Db, organizationId: string): Promise<number> {
  await tx.$queryRaw`SELECT 1 FROM "organization" WHERE "id" = ${organizationId} FOR UPDATE`;
  return await tx.sshKey.count({ where: { organizationId } });
}

export async function insertSshKey(
  tx: Db,
  key: Pick<SshKey, 'organizationId' | 'name' | 'publicKey' | 'type' | 'fingerprint' | 'addedBy'>,
): Promise<SshKey> {
  return await tx.sshKey.create({ data: { id: randomUUID(), createdAt: timeNow(), ...key } });
}

export async function renameSshKey(tx: Db, id: string, name: string): Promise<SshKey> {
  return await tx.sshKey.update({ where: { id }, data: { name } });
}

export async function deleteSshKey(tx: Db, id: string): Promise<void> {
  await tx.sshKey.delete({ where: { id } });
}

export async function markUsed(tx: Db, organizationId: string, fingerprints: readonly string[]): Promise<void> {
  await tx.sshKey.updateMany({ where: { organizationId, fingerprint: { in: [...fingerprints] } }, data: { lastUsedAt: timeNow() } });
}
