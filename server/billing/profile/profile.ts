/** The seller and the buyers, as invoices copy them. */
import type { z } from 'zod';
import { Seller as SellerShape } from '../../../contract/billing.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { onPlatform } from '../../kernel/can.ts';
import { type Db, inTransaction } from '../../kernel/database.ts';
import { writeSetting } from '../../kernel/kill-switches/store.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationById, readSetting } from '../../kernel/settings.ts';
import { type BillingProfile, hasIssued, profileById, type ProfileFields, saveProfile } from './store.ts';

const SELLER = 'billing.seller';

/** From whom invoices come. */
export type Seller = z.infer<typeof SellerShape>;

/** What stands until the seller has said who they are; documents show it as it is. */
const UNNAMED: Seller = {
  name: 'Seller',
  address: [],
  country: 'US',
  currency: 'USD',
  tax_id: null,
  email: null,
  bank: null,
  time_zone: 'UTC',
};

/** Whom an invoice is for. */
export interface Buyer {
  readonly name: string;
  readonly address: readonly string[];
  readonly country: string;
  readonly region: string | null;
  readonly tax_id: string | null;
  readonly email: string | null;
}

export async function sellerOf(db: Db): Promise<Seller> {
  const parsed = SellerShape.safeParse(await readSetting(db, SELLER));
  return parsed.success ? parsed.data : UNNAMED;
}

export async function changeSeller(tx: Db, principal: Principal, seller: Seller): Promise<void> {
  refuseZone('time_zone', seller.time_zone);
  await writeSetting(tx, SELLER, seller);
  await appendAudit(tx, {
    actor: principal.name,
    action: 'seller.changed',
    target: 'seller',
    organizationId: null,
    data: { name: seller.name, country: seller.country, tax_id: seller.tax_id ?? '' },
  });
}

/** The organization's own, or what follows from the seller while it has none. @throws Refusal when there is no such organization. */
export async function profileOf(db: Db, organizationId: string): Promise<BillingProfile> {
  const own = await profileById(db, organizationId);
  if (own) return own;
  const [organization, seller] = [await organizationById(db, organizationId), await sellerOf(db)];
  if (!organization) throw notFound('organization', organizationId);
  return {
    organizationId,
    name: organization.name,
    currency: seller.currency,
    country: seller.country,
    region: null,
    address: [],
    taxId: null,
    taxExempt: false,
    taxIdValid: false,
    email: null,
    locale: 'en',
    timeZone: seller.time_zone,
    version: 0,
    createdAt: organization.createdAt,
    updatedAt: organization.createdAt,
  };
}

export function buyerOf(profile: BillingProfile): Buyer {
  const { name, country, region, taxId, email } = profile;
  return { name, address: profile.address as string[], country, region, tax_id: taxId, email };
}

/** Writes the profile; the one that was only assumed counts as the former one. */
export async function changeProfile(
  services: Services,
  principal: Principal,
  organizationId: string,
  fields: Omit<ProfileFields, 'taxIdValid' | 'taxExempt'> & { readonly taxExempt?: boolean | undefined },
): Promise<BillingProfile> {
  refuseZone('time_zone', fields.timeZone);
  return await inTransaction(services.db, async (tx) => {
    const former = await profileOf(tx, organizationId);
    if (fields.currency !== former.currency && (await hasIssued(tx, organizationId)))
      throw refuseField(
        'currency',
        `is ${former.currency} and invoices were issued in it`,
        'Keep it: it is fixed by the first invoice.',
        409,
        'currency_fixed',
      );
    if (fields.taxExempt !== undefined && fields.taxExempt !== former.taxExempt && !onPlatform(principal))
      throw new Refusal(403, 'forbidden', 'Whether an organization is exempt from tax is for the operator of Plinth to say.');
    const sameId = fields.taxId === former.taxId && fields.country === former.country;
    const saved = await saveProfile(tx, organizationId, {
      ...fields,
      taxExempt: fields.taxExempt ?? former.taxExempt,
      // Another number has yet to be checked.
      taxIdValid: sameId && former.taxIdValid,
    });
    await appendAudit(tx, {
      actor: principal.name,
      action: 'billing-profile.changed',
      target: organizationId,
      organizationId,
      data: { country: saved.country, currency: saved.currency, tax_id: saved.taxId ?? '', tax_exempt: saved.taxExempt },
    });
    return saved;
  });
}

/** The profile that the first invoice goes by is kept from then on. */
export async function keepProfile(db: Db, profile: BillingProfile): Promise<void> {
  if (profile.version > 0) return;
  const { organizationId, version: _version, createdAt: _created, updatedAt: _updated, ...fields } = profile;
  await saveProfile(db, organizationId, { ...fields, address: fields.address as string[] });
}

function refuseZone(field: string, zone: string): void {
  if (!isZone(zone)) throw refuseField(field, `"${zone.slice(0, 40)}" is no time zone`, 'Use an IANA name such as Europe/Berlin.');
}

function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
