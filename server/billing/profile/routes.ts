/** /api/billing-profile and /api/admin/seller */
import {
  BillingProfileAnswer,
  BillingProfileChange,
  OfOrganization,
  Seller,
  SellerAnswer,
  VatCheckAnswer,
  VatCheckList,
} from '../../../contract/billing.ts';
import type { BillingProfile as ProfileWire } from '../../../contract/billing.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import type { Db } from '../../kernel/database.ts';
import { type Principal, type Services, within } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { listChecks } from '../tax/store.ts';
import { askOffice, keepCheck, presentCheck } from '../tax/vat-check.ts';
import { changeProfile, changeSeller, profileOf, sellerOf } from './profile.ts';
import { type BillingProfile, hasIssued } from './store.ts';

/** Whose: a caller of one organization means its own, and no other. @throws Refusal when staff names none, or a foreign one is named */
export function ofOrganization({ organizationId }: Pick<Principal, 'organizationId'>, asked: string | undefined): string {
  if (organizationId !== null && asked !== undefined && asked !== organizationId) throw notFound('organization', asked);
  const id = organizationId ?? asked;
  if (id === undefined) throw refuseField('organization_id', 'is missing', 'Say whose; only a token of one organization means its own.');
  return id;
}

async function mustOrganization(db: Db, principal: Principal, asked: string | undefined): Promise<string> {
  const id = ofOrganization(principal, asked);
  if (!(await organizationById(db, id))) throw notFound('organization', id);
  return id;
}

async function shown(db: Db, profile: BillingProfile): Promise<{ profile: ProfileWire }> {
  return {
    profile: {
      organization_id: profile.organizationId as ProfileWire['organization_id'],
      name: profile.name,
      address: profile.address as string[],
      country: profile.country,
      region: profile.region,
      currency: profile.currency,
      currency_fixed: await hasIssued(db, profile.organizationId),
      tax_id: profile.taxId,
      tax_id_valid: profile.taxIdValid,
      tax_exempt: profile.taxExempt,
      email: profile.email,
      locale: profile.locale as 'en',
      time_zone: profile.timeZone,
    },
  };
}

export function profileRoutes(services: Services): Route[] {
  return [...ofBuyers(services), ...checking(services), ...ofSeller(services)];
}

function ofBuyers(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/billing-profile',
      summary: 'Whom an organization’s invoices are for',
      permission: 'invoice:read',
      query: OfOrganization,
      responses: { 200: { description: 'What the next invoice will say.', schema: BillingProfileAnswer } },
      handler: async ({ principal, query }) => {
        const id = await mustOrganization(db, principal, query.organization_id);
        return { status: 200, body: await shown(db, await profileOf(db, id)) };
      },
    }),
    route({
      method: 'put',
      path: '/api/billing-profile',
      id: 'changeBillingProfile',
      summary: 'Say whom an organization’s invoices are for; those that were issued stay',
      permission: 'organization:set-billing',
      query: OfOrganization,
      body: BillingProfileChange,
      responses: { 200: { description: 'As it is now.', schema: BillingProfileAnswer } },
      transaction: true,
      handler: async ({ principal, query, body, tx }) => {
        const id = await mustOrganization(tx, principal, query.organization_id);
        const { tax_id: taxId, tax_exempt: taxExempt, time_zone: timeZone, ...rest } = body;
        return {
          status: 200,
          body: await shown(tx, await changeProfile(within(services, tx), principal, id, { ...rest, taxId, timeZone, taxExempt })),
        };
      },
    }),
  ];
}

function checking(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'post',
      path: '/api/billing-profile/check-tax-id',
      id: 'checkTaxId',
      summary: 'Ask the tax office about an organization’s tax id, and keep what it answers',
      permission: 'organization:set-billing',
      query: OfOrganization,
      responses: { 200: { description: 'What it said.', schema: VatCheckAnswer } },
      transaction: true,
      prepare: async ({ principal, query }) => await askOffice(services, await mustOrganization(db, principal, query.organization_id)),
      handler: async ({ principal, tx, prepared }) => ({
        status: 200,
        body: { check: presentCheck(await keepCheck(tx, principal, prepared)) },
      }),
    }),
    route({
      method: 'get',
      path: '/api/billing-profile/tax-id-checks',
      id: 'listTaxIdChecks',
      summary: 'The checks of an organization’s tax ids, with their evidence',
      permission: 'invoice:read',
      query: OfOrganization,
      responses: { 200: { description: 'Newest first.', schema: VatCheckList } },
      handler: async ({ principal, query }) => {
        const id = await mustOrganization(db, principal, query.organization_id);
        return { status: 200, body: { checks: (await listChecks(db, id)).map(presentCheck) } };
      },
    }),
  ];
}

function ofSeller(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/seller',
      summary: 'Who the invoices are from',
      permission: 'tax:read',
      responses: { 200: { description: 'What the next invoice will say.', schema: SellerAnswer } },
      handler: async () => ({ status: 200, body: { seller: await sellerOf(services.db) } }),
    }),
    route({
      method: 'put',
      path: '/api/admin/seller',
      id: 'changeSeller',
      summary: 'Say who the invoices are from; those that were issued stay',
      permission: 'tax:write',
      body: Seller,
      responses: { 200: { description: 'As it is now.', schema: SellerAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        await changeSeller(tx, principal, body);
        return { status: 200, body: { seller: await sellerOf(tx) } };
      },
    }),
  ];
}
