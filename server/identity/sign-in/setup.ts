/**
 * The first superadmin. The link of the first start holds a secret that follows from the master key, so every process knows
 * the same one and none is kept; it counts until somebody used it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivate } from '../../../lib/private-files.ts';
import type { Db } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { readSetting } from '../../kernel/settings.ts';
import { hashOf } from '../tokens/authenticate.ts';
import { insertOnce } from './setup-store.ts';

const DONE = 'superadmin.made';

export async function needsSetup(db: Db): Promise<boolean> {
  return (await readSetting(db, DONE)) === null;
}

export function setupSecret({ secrets }: Pick<Services, 'secrets'>): string {
  return createHmac('sha256', secrets.derive('first-superadmin')).update('link').digest('base64url');
}

export function isSetupSecret(services: Pick<Services, 'secrets'>, given: string): boolean {
  return timingSafeEqual(hashOf(setupSecret(services)), hashOf(given));
}

/** Uses the link up. @throws Refusal when somebody was quicker */
export async function takeSetup(tx: Db): Promise<void> {
  if (!(await insertOnce(tx, DONE))) throw new Refusal(409, 'link_invalid', 'This link was used. Ask that superadmin to let you in.');
}

/**
 * Leaves the link in a file for this user only, and answers where; null once there was a superadmin. Behind a `#`, the secret
 * gets into no log of a proxy.
 */
export async function leaveSetupLink(services: Services, origin: string): Promise<string | null> {
  const file = join(services.config.dataDir, 'setup-link');
  if (!(await needsSetup(services.db))) {
    await rm(file, { force: true });
    return null;
  }
  const base = services.config.publicUrl?.replace(/\/+$/, '') ?? origin.replace('127.0.0.1', 'localhost');
  await writePrivate(file, `${base}/setup#${setupSecret(services)}\n`);
  return file;
}
