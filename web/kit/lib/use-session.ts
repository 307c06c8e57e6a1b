import { useQuery } from '@tanstack/react-query';
import type { Session } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';

/** Who is signed in; undefined for the moment until the server has said so. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}
