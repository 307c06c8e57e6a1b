/** What the pages about people ask for. */
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: ({ signal }) => api.getSignInOptions({ signal }),
  staleTime: 60_000,
});
export const meQuery = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api.getMe({ signal }) });
export const mySessionsQuery = queryOptions({
  queryKey: ['my-sessions'],
  queryFn: ({ signal }) => api.listMySessions({ signal }),
  refetchInterval: 10_000,
});
export const myPasskeysQuery = queryOptions({ queryKey: ['my-passkeys'], queryFn: ({ signal }) => api.listMyPasskeys({ signal }) });
export const invitationsQuery = queryOptions({ queryKey: ['invitations'], queryFn: ({ signal }) => api.listInvitations({ signal }) });
export const mailboxQuery = queryOptions({
  queryKey: ['mailbox'],
  queryFn: ({ signal }) => api.listMailbox({ signal }),
  refetchInterval: 3_000,
});
export const notificationsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: ({ signal }) => api.listNotifications({ signal }),
  refetchInterval: 15_000,
});
export const preferencesQuery = queryOptions({
  queryKey: ['notification-preferences'],
  queryFn: ({ signal }) => api.getNotificationPreferences({ signal }),
});
