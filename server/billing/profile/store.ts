/** Whom invoices are for (an organization's billing profile) and from whom they come (the seller, one for the installation). */
import type { BillingProfile } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';

export type { BillingProfile };

export async function profileById(db: Db, organizationId: string): Promise<BillingProfile | null> {
  return await db.billingProfile.findUnique({ where: { organizationId } });
}

export type ProfileFields = Omit<BillingProfile, 'organizationId' | 'address' | 'version' | 'createdAt' | 'updatedAt'> & {
  readonly address: readonly string[];
};

export async function saveProfile(db: Db, organizationId: string, fields: ProfileFields): Promise<BillingProfile> {
  const data = { ...fields, address: [...fields.address] };
  return await db.billingProfile.upsert({
    where: { organizationId },
    create: { organizationId, ...data },
    update: { ...data, version: { increment: 1 } },
  });
}

/** Whether an invoice has fixed the organization's currency. */
export async function hasIssued(db: Db, organizationId: string): Promise<boolean> {
  return (await db.invoice.findFirst({ where: { organizationId, number: { not: null } }, select: { id: true } })) !== null;
}
