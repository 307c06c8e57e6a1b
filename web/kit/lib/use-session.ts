import { useQuery } from '@tanstack/react-query';
import type { Permission } from '../../../contract/permissions.ts';
import type { Session } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';

/** Who is signed in; undefined for the moment until the server has said so. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

/** Whether who is signed in may do something; nothing until the server has said who that is. */
export function useMay(): (permission: Permission) => boolean {
  const session = useSession();
  return (permission) => session?.permissions.includes(permission) ?? false;
}
