/**
 * Changing the master key while the service runs: start every process with the new key and the old one as the previous,
 * re-wrap, then start them without the old one. Only the small keys that seal each value are sealed anew.
 */
import type { MasterKeyState, MasterKeyRotated } from '../../contract/master-key.ts';
import { type SecretBox, SecretError } from '../kernel/secrets.ts';
import { appendAudit } from '../kernel/audit.ts';
import { type Db, inTransaction } from '../kernel/database.ts';
import { countSealed, replaceSealed } from '../kernel/sealed.ts';
import type { Principal, Services } from '../kernel/services.ts';

const BATCH = 200;
/** One request does at most this much; the caller asks again until `done`. */
const TIME_LIMIT_MS = 15_000;
const MOST_NAMED = 50;

/** Which keys seal how much, and whether this process has them. */
export async function masterKeyState({ db, secrets }: Pick<Services, 'db' | 'secrets'>): Promise<MasterKeyState> {
  const keys = (await countSealed(db)).map(({ keyId, count }) => ({ key_id: keyId, values: count, loaded: secrets.knows(keyId) }));
  return { key_id: secrets.currentKeyId, keys };
}

/** Re-wraps what other loaded keys seal, under the current key. Safe to repeat and to interrupt. */
export async function rotateMasterKey(services: Services, principal: Principal): Promise<MasterKeyRotated> {
  const { db, secrets } = services;
  const unreadable: MasterKeyRotated['unreadable'] = [];
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const rewrapped = await replaceSealed(
    db,
    secrets.currentKeyId,
    BATCH,
    ({ table, column, id, sealed }) => {
      try {
        return secrets.rewrap({ table, column, id }, sealed);
      } catch (error) {
        if (!(error instanceof SecretError)) throw error;
        if (unreadable.length < MOST_NAMED)
          unreadable.push({ table, column, id: table === 'idempotency_key' ? '' : id, reason: error.message });
        return null;
      }
    },
    signal,
  );
  const state = await masterKeyState(services);
  const done = state.keys.every((key) => key.key_id === state.key_id);
  if (rewrapped > 0)
    await inTransaction(db, (tx) =>
      appendAudit(tx, {
        actor: principal.name,
        action: 'master-key.rotated',
        target: state.key_id,
        organizationId: null,
        data: { rewrapped, done },
      }),
    );
  return { ...state, rewrapped, unreadable, done };
}

/** @throws SecretError in one line when the database holds values that no loaded key opens. */
export async function assertKeysLoaded(db: Db, secrets: SecretBox): Promise<void> {
  const missing = (await countSealed(db)).filter(({ keyId }) => !secrets.knows(keyId));
  if (missing.length === 0) return;
  const what = missing.map(({ keyId, count }) => `${count} secret${count === 1 ? '' : 's'} with master key ${keyId}`).join(' and ');
  const loaded = `(loaded: ${secrets.currentKeyId})`;
  throw new SecretError(
    missing.length === 1
      ? `The database holds ${what}, which is not loaded ${loaded}. Set PLINTH_MASTER_KEY_PREVIOUS to that key and run plinth key rotate, or set PLINTH_MASTER_KEY to it.`
      : `The database holds ${what}, which are not loaded ${loaded}. Set PLINTH_MASTER_KEY to one of them and PLINTH_MASTER_KEY_PREVIOUS to another, and run plinth key rotate.`,
  );
}
