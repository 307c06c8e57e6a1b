/**
 * Seals what earlier versions kept of user data in clear: in rows, in operations, and in the configs of updates by hand. It runs at
 * every start, before any work; what a cut-off run has done stays done, and several processes do not disturb each other.
 */
import { CloudInitSpec, VpsSpec } from '../../../stacks/spec.ts';
import { encryptSecret, type KeyWrapper } from '../keys.ts';
import { sealConfig } from '../sealed-config.ts';
import { inTransaction } from '../../kernel/database.ts';
import { clearConfigs, clearSpecs, replaceConfig, stripOperations, writeSealed } from './store.ts';
import type { Services } from '../../kernel/services.ts';
import { atRest } from '../../vps/user-data.ts';

const BATCH = 200;

/** Resolves with how many values were sealed or taken out. */
export async function sealUserData({ db, secrets }: Pick<Services, 'db' | 'secrets'>, keys: KeyWrapper): Promise<number> {
  const none = CloudInitSpec.parse({});
  let sealed = 0;
  const all = async (batch: () => Promise<number>): Promise<void> => {
    for (let count = await batch(); count > 0; count = await batch()) sealed += count;
  };
  await all(() =>
    inTransaction(db, async (tx) => {
      const rows = await clearSpecs(tx, none, BATCH);
      for (const { id, spec } of rows) await writeSealed(tx, id, atRest(secrets, VpsSpec.parse(spec)));
      return rows.length;
    }),
  );
  // Only now: an operation's is the same as its VPS's.
  await all(() => stripOperations(db, none, BATCH));
  for (let after = ''; ;) {
    const rows = await clearConfigs(db, after, BATCH);
    for (const { id, stackId, dataKey, config } of rows) {
      const key = keys.unwrap(dataKey, stackId);
      const safe = sealConfig(config, (text) => encryptSecret(key, stackId, Buffer.from(text, 'utf8')).toString('base64'));
      if (safe === config) continue;
      await replaceConfig(db, id, safe);
      sealed++;
    }
    if (rows.length < BATCH) return sealed;
    after = rows.at(-1)!.id;
  }
}
