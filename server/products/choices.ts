/** What a customer may choose of a product: places and operating systems by what people call them. */
import type { z } from 'zod';
import type { ProductChoices } from '../../contract/product.ts';
import { allAccounts } from '../accounts/accounts.ts';
import { readCatalog } from '../accounts/catalog.ts';
import type { Account } from '../kernel/database.ts';
import { onPlatform } from '../kernel/can.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { offeredProfiles } from '../profiles/profiles.ts';
import { offerOf } from './offer.ts';
import type { ProductRow } from './store.ts';

type Wire = z.input<typeof ProductChoices>;

/**
 * Every place in the order of preference, each place of the world once; the images of the first that answers, as an order finds
 * the like of one elsewhere. What does not answer is left out: an order without a choice still finds a place.
 */
export async function choicesOf(services: Services, principal: Principal, product: ProductRow): Promise<Wire> {
  const accounts = new Map((await allAccounts(services)).map((account) => [account.id, account]));
  const regions = new Map<string, Wire['regions'][number]>();
  let images: Wire['images'] = [];
  for (const candidate of product.candidates) {
    const account = accounts.get(candidate.accountId ?? '');
    if (!account || !candidate.available) continue;
    try {
      for (const region of await regionsAt(services, account, candidate)) {
        const key = `${region.country}|${region.name}`.toLowerCase();
        if (!regions.has(key)) regions.set(key, region);
      }
      if (images.length === 0) images = await imagesAt(services, account, candidate);
    } catch (error) {
      services.log.warn({ err: error, account: account.id, product: product.id }, 'a place could not be asked');
    }
  }
  const profiles = await offeredProfiles(services.db, profilesFor(principal, product));
  return { regions: [...regions.values()], images, setup_profiles: profiles };
}

/** Whose server is set up by which profiles; null: by any. */
export function profilesFor(principal: Pick<Principal, 'organizationId'>, { setupProfiles }: ProductRow): readonly string[] | null {
  return onPlatform(principal) ? null : setupProfiles;
}

type Candidate = ProductRow['candidates'][number];

async function regionsAt(services: Services, account: Account, candidate: Candidate): Promise<Wire['regions']> {
  const offer = await offerOf(services, account, candidate.plan, candidate.regions);
  if (!offer?.available) return [];
  const { items } = await readCatalog(services, account, 'regions');
  return offer.regions.map((id) => {
    const region = items.find((each) => each.id === id);
    return { id, name: region?.name ?? id, country: region?.country ?? null };
  });
}

async function imagesAt(services: Services, account: Account, { plan, images }: Candidate): Promise<Wire['images']> {
  const { items } = await readCatalog(services, account, 'images');
  const disk = (await readCatalog(services, account, 'plans')).items.find(({ id }) => id === plan)?.diskGb ?? 0;
  return items
    .filter((each) => (images.length === 0 || images.includes(each.id)) && !each.deprecated && each.minDiskGb <= disk)
    .map(({ id, name, family }) => ({ id, name, family }));
}
