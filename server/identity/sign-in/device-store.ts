/** Command lines that wait to be let in. Only the SHA-256 of both codes is kept. */
import type { DeviceLogin } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export async function insertDeviceLogin(
  db: Db,
  data: Pick<DeviceLogin, 'id' | 'client' | 'expiresAt'> & { deviceHash: Bytes; userHash: Bytes },
): Promise<void> {
  await db.deviceLogin.create({ data });
}

/** One that waits for an answer and is not over. */
export async function waitingLogin(db: Db, userHash: Bytes): Promise<DeviceLogin | null> {
  return await db.deviceLogin.findFirst({ where: { userHash, approvedBy: null, deniedAt: null, expiresAt: { gt: timeNow() } } });
}

/** False when somebody was quicker. */
export async function answerLogin(db: Db, id: string, approvedBy: string | null): Promise<boolean> {
  const answer = approvedBy === null ? { deniedAt: timeNow() } : { approvedBy };
  return (await db.deviceLogin.updateMany({ where: { id, approvedBy: null, deniedAt: null }, data: answer })).count === 1;
}

/** Null once it is over. */
export async function loginOfDevice(db: Db, deviceHash: Bytes): Promise<DeviceLogin | null> {
  return await db.deviceLogin.findFirst({ where: { deviceHash, tokenId: null, expiresAt: { gt: timeNow() } } });
}

/** False when somebody has its token already. */
export async function takeLogin(db: Db, id: string, tokenId: string): Promise<boolean> {
  return (await db.deviceLogin.updateMany({ where: { id, tokenId: null }, data: { tokenId } })).count === 1;
}

/** Ends the tokens of all command lines that a person let in. */
export async function endDeviceTokens(db: Db, userId: string): Promise<void> {
  const rows = await db.deviceLogin.findMany({
    where: { approvedBy: { startsWith: userId }, tokenId: { not: null } },
    select: { tokenId: true },
  });
  const ids = rows.flatMap(({ tokenId }) => tokenId ?? []);
  await db.apiToken.updateMany({ where: { id: { in: ids }, revokedAt: null }, data: { revokedAt: timeNow() } });
}
