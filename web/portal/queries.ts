/** What the portal asks for, under one name each. */
import { queryOptions } from '@tanstack/react-query';
import { api, type Routes } from '../kit/api/client.ts';

const CALM_MS = 15_000;
const BUSY_MS = 1_500;

export type Product = Routes['listProducts']['answer']['products'][number];
export type Order = Routes['getOrder']['answer']['order'];
export type Subscription = Routes['listSubscriptions']['answer']['subscriptions'][number];
export type Invoice = Routes['listInvoices']['answer']['invoices'][number];
export type Quote = Routes['createQuote']['answer']['quote'];

export const brandQuery = queryOptions({
  queryKey: ['brand'],
  queryFn: async ({ signal }) => (await api.getBrand({ signal })).brand,
  staleTime: 60_000,
});

export const productsQuery = queryOptions({
  queryKey: ['products'],
  queryFn: async ({ signal }) =>
    (await api.listProducts({ query: { limit: 200 }, signal })).products.toSorted(
      (a, b) => a.sort - b.sort || a.name.localeCompare(b.name),
    ),
  staleTime: 10_000,
});

export const choicesQuery = (id: string) =>
  queryOptions({
    queryKey: ['choices', id],
    queryFn: ({ signal }) => api.getProductChoices({ id: id as Product['id'], signal }),
    enabled: id !== '',
    staleTime: 60_000,
  });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['order', id],
    queryFn: async ({ signal }) => (await api.getOrder({ id: id as Order['id'], signal })).order,
    refetchInterval: ({ state }) => (state.data && ['fulfilled', 'cancelled', 'expired'].includes(state.data.status) ? CALM_MS : 1_000),
  });

export const ordersQuery = queryOptions({
  queryKey: ['orders'],
  queryFn: async ({ signal }) => (await api.listOrders({ query: { limit: 50 }, signal })).orders,
  refetchInterval: CALM_MS,
});

export const subscriptionsQuery = queryOptions({
  queryKey: ['subscriptions'],
  queryFn: async ({ signal }) => (await api.listSubscriptions({ query: { limit: 200 }, signal })).subscriptions,
  refetchInterval: CALM_MS / 3,
});

export const subscriptionQuery = (id: string) =>
  queryOptions({
    queryKey: ['subscription', id],
    queryFn: ({ signal }) => api.getSubscription({ id: id as Subscription['id'], signal }),
    enabled: id !== '',
    refetchInterval: CALM_MS / 3,
  });

export const serversQuery = queryOptions({
  queryKey: ['vps-list', 'portal'],
  queryFn: async ({ signal }) => (await api.listVpses({ query: { limit: 200, sort: 'label' }, signal })).instances,
  refetchInterval: ({ state }) => (state.data?.some((vps) => vps.under_way !== null) ? BUSY_MS : CALM_MS),
});

export const invoicesQuery = queryOptions({
  queryKey: ['invoices'],
  queryFn: async ({ signal }) => (await api.listInvoices({ query: { limit: 100 }, signal })).invoices,
  refetchInterval: CALM_MS / 3,
});

export const methodsQuery = queryOptions({
  queryKey: ['payment-methods'],
  queryFn: async ({ signal }) => (await api.listPaymentMethods({ signal })).payment_methods,
});
export const creditQuery = queryOptions({ queryKey: ['credit'], queryFn: ({ signal }) => api.getCredit({ signal }) });
export const profileQuery = queryOptions({
  queryKey: ['billing-profile'],
  queryFn: async ({ signal }) => (await api.getBillingProfile({ signal })).profile,
});
export const termsQuery = queryOptions({ queryKey: ['terms'], queryFn: ({ signal }) => api.getTerms({ signal }), staleTime: 60_000 });
export const organizationQuery = queryOptions({
  queryKey: ['organization'],
  queryFn: async ({ signal }) => (await api.getOwnOrganization({ signal })).organization,
});
export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: async ({ signal }) => (await api.listMembers({ signal })).members,
});
export const sshKeysQuery = queryOptions({
  queryKey: ['ssh-keys'],
  queryFn: async ({ signal }) => (await api.listSshKeys({ signal })).ssh_keys,
});
export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: async ({ signal }) => (await api.listWebhooks({ signal })).endpoints,
});
export const ticketsQuery = queryOptions({
  queryKey: ['tickets'],
  queryFn: async ({ signal }) => (await api.listTickets({ query: { limit: 100 }, signal })).tickets,
  refetchInterval: CALM_MS,
});
export const ticketQuery = (id: string) =>
  queryOptions({ queryKey: ['ticket', id], queryFn: ({ signal }) => api.getTicket({ id, signal }), refetchInterval: CALM_MS / 3 });
export const plannedQuery = queryOptions({
  queryKey: ['planned-work'],
  queryFn: async ({ signal }) => (await api.listPlannedWork({ signal })).planned,
  refetchInterval: CALM_MS * 4,
});
