/** What the desk's pages about selling ask for. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Permission } from '../../../contract/permissions.ts';
import { api, type Routes } from '../../kit/api/client.ts';

export type Product = Routes['getProduct']['answer']['product'];
export type Order = Routes['getOrder']['answer']['order'];
export type Subscription = Routes['listSubscriptions']['answer']['subscriptions'][number];
export type Invoice = Routes['listInvoices']['answer']['invoices'][number];
export type Payment = Routes['listPayments']['answer']['payments'][number];
export type Refund = Routes['listRefunds']['answer']['refunds'][number];
export type OrganizationId = Order['organization_id'];

const EVERY_MS = 10_000;
const LIMIT = 50;
const FIRST = undefined as string | undefined;
const following = ({ next }: { next: string | null }): string | undefined => next ?? undefined;

interface Of {
  readonly organization?: string | undefined;
  readonly status?: string | undefined;
}
const asked = ({ organization, status }: Of, cursor: string | undefined) => ({
  limit: LIMIT,
  cursor,
  ...(organization === undefined ? {} : { organization_id: organization as OrganizationId }),
  ...(status === undefined ? {} : { status: status as never }),
});

export const productListQuery = queryOptions({
  queryKey: ['desk-products'],
  queryFn: async ({ signal }) => (await api.listProducts({ query: { limit: 200, retired: true }, signal })).products,
  refetchInterval: EVERY_MS,
});
export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk-product', id],
    queryFn: async ({ signal }) => (await api.getProduct({ id: id as Product['id'], signal })).product,
  });
export const marginQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk-margin', id],
    queryFn: ({ signal }) => api.listProductSuggestedPrices({ id: id as Product['id'], signal }),
    retry: false,
  });
export const orderListQuery = (of: Of) =>
  infiniteQueryOptions({
    queryKey: ['desk-orders', of],
    queryFn: ({ pageParam, signal }) => api.listOrders({ query: asked(of, pageParam), signal }),
    initialPageParam: FIRST,
    getNextPageParam: following,
    refetchInterval: EVERY_MS,
  });
export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk-order', id],
    queryFn: async ({ signal }) => (await api.getOrder({ id: id as Order['id'], signal })).order,
    refetchInterval: EVERY_MS / 3,
  });
export const subscriptionListQuery = (of: Of) =>
  infiniteQueryOptions({
    queryKey: ['desk-subscriptions', of],
    queryFn: ({ pageParam, signal }) => api.listSubscriptions({ query: asked(of, pageParam), signal }),
    initialPageParam: FIRST,
    getNextPageParam: following,
    refetchInterval: EVERY_MS,
  });
export const invoiceListQuery = (of: Of & { readonly overdue?: boolean }) =>
  infiniteQueryOptions({
    queryKey: ['desk-invoices', of],
    queryFn: ({ pageParam, signal }) =>
      api.listInvoices({ query: { ...asked(of, pageParam), ...(of.overdue === undefined ? {} : { overdue: of.overdue }) }, signal }),
    initialPageParam: FIRST,
    getNextPageParam: following,
    refetchInterval: EVERY_MS,
  });
export const paymentListQuery = (of: Of) =>
  infiniteQueryOptions({
    queryKey: ['desk-payments', of],
    queryFn: ({ pageParam, signal }) => api.listPayments({ query: asked(of, pageParam), signal }),
    initialPageParam: FIRST,
    getNextPageParam: following,
    refetchInterval: EVERY_MS,
  });
export const refundListQuery = (of: Of) =>
  infiniteQueryOptions({
    queryKey: ['desk-refunds', of],
    queryFn: ({ pageParam, signal }) => api.listRefunds({ query: asked(of, pageParam), signal }),
    initialPageParam: FIRST,
    getNextPageParam: following,
  });
export const disputesQuery = queryOptions({
  queryKey: ['desk-disputes'],
  queryFn: async ({ signal }) => (await api.listDisputes({ query: { limit: 50 }, signal })).disputes,
});
export const taxRatesQuery = queryOptions({
  queryKey: ['desk-tax'],
  queryFn: async ({ signal }) => (await api.listTaxRates({ signal })).tax_rates,
});
export const sellerQuery = queryOptions({
  queryKey: ['desk-seller'],
  queryFn: async ({ signal }) => (await api.getSeller({ signal })).seller,
});
export const paymentAccountsQuery = queryOptions({
  queryKey: ['desk-payment-accounts'],
  queryFn: async ({ signal }) => (await api.listPaymentAccounts({ signal })).payment_accounts,
});

const of = (id: string) => ({ organization_id: id as OrganizationId });
/** One customer. */
export const customerQuery = (id: string, may: (permission: Permission) => boolean) =>
  queryOptions({
    queryKey: ['desk-customer', id],
    queryFn: async ({ signal }) => {
      const [{ organization }, { buyer }, { profile }, credit, { members }, { quotas }] = await Promise.all([
        api.getOwnOrganization({ query: of(id), signal }),
        api.getOrganizationBuyer({ id: id as OrganizationId, signal }),
        api.getBillingProfile({ query: of(id), signal }),
        api.getCredit({ query: of(id), signal }),
        api.listMembers({ query: of(id), signal }),
        may('quota:read') ? api.listQuotas({ query: of(id), signal }) : { quotas: [] },
      ]);
      return { organization, buyer, profile, credit, members, quotas };
    },
  });
export const customersKeysQuery = (id: string) =>
  queryOptions({
    queryKey: ['ssh-keys', 'customer', id],
    queryFn: async ({ signal }) => (await api.listSshKeys({ query: of(id), signal })).ssh_keys,
  });
export const customersVpsesQuery = (id: string) =>
  queryOptions({
    queryKey: ['vps-list', 'customer', id],
    queryFn: async ({ signal }) =>
      (await api.listVpses({ query: { limit: 100, organization_id: id as OrganizationId }, signal })).instances,
    refetchInterval: EVERY_MS,
  });

export const ticketListQuery = (status: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['desk-tickets', status],
    queryFn: ({ pageParam, signal }) =>
      api.listTickets({ query: { limit: LIMIT, cursor: pageParam, ...(status === undefined ? {} : { status: status as never }) }, signal }),
    initialPageParam: FIRST,
    getNextPageParam: following,
    refetchInterval: EVERY_MS,
  });
export const ticketQuery = (id: string) =>
  queryOptions({ queryKey: ['desk-ticket', id], queryFn: ({ signal }) => api.getTicket({ id, signal }), refetchInterval: EVERY_MS / 2 });

export const couponListQuery = infiniteQueryOptions({
  queryKey: ['desk-coupons'],
  queryFn: ({ pageParam, signal }) => api.listCoupons({ query: { limit: LIMIT, cursor: pageParam }, signal }),
  initialPageParam: FIRST,
  getNextPageParam: following,
  refetchInterval: EVERY_MS,
});
/** `past`: also what is over or called off. */
export const maintenanceListQuery = (past: boolean) =>
  infiniteQueryOptions({
    queryKey: ['desk-maintenance', past],
    queryFn: ({ pageParam, signal }) => api.listMaintenance({ query: { limit: LIMIT, cursor: pageParam, past }, signal }),
    initialPageParam: FIRST,
    getNextPageParam: following,
    refetchInterval: EVERY_MS,
  });

export interface ReportAsked {
  readonly report: Routes['getReport']['answer']['report'];
  /** Months, `2027-03`, both counted. */
  readonly from: string;
  readonly to: string;
  readonly by: 'vps' | 'product' | 'account';
}
export const reportQuery = ({ report, from, to, by }: ReportAsked) =>
  queryOptions({
    queryKey: ['desk-report', report, from, to, by],
    queryFn: ({ signal }) => api.getReport({ report, query: { from, to, by }, signal }),
  });
export const businessDriftQuery = queryOptions({
  queryKey: ['desk-business-drift'],
  queryFn: ({ signal }) => api.listBusinessDrift({ signal }),
});
export const providerBillsQuery = (month: string) =>
  queryOptions({
    queryKey: ['desk-provider-bills', month],
    queryFn: async ({ signal }) => (await api.listProviderBills({ query: { month }, signal })).bills,
  });
export const setupProfilesQuery = queryOptions({
  queryKey: ['desk-setup-profiles'],
  queryFn: async ({ signal }) => (await api.listSetupProfiles({ signal })).profiles,
});
