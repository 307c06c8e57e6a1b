/** The brand is one setting. */
import { Brand } from '../../../contract/brand.ts';
import type { Db } from '../../kernel/database.ts';
import { writeSetting } from '../../kernel/kill-switches/store.ts';
import { readSetting } from '../../kernel/settings.ts';

const KEY = 'brand';
/** Its name where no other was given. */
export const PRODUCT = 'Plinth';
const OWN: Brand = { name: PRODUCT, logo: null, accent: null, shape: 'soft', font: null, support_email: null, links: [] };

/** What a former version kept in another form counts as not said. */
export async function brandOf(db: Db): Promise<Brand> {
  const kept = Brand.partial().safeParse((await readSetting(db, KEY)) ?? {});
  return { ...OWN, ...(kept.success ? kept.data : {}) };
}

export async function saveBrand(db: Db, brand: Brand): Promise<void> {
  await writeSetting(db, KEY, brand);
}
