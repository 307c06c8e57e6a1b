import { RIGHTS } from '../api/generated/rights.ts';
import { useMay } from './use-session.ts';

/** A route that does something, by the name of its function in `api`. */
export type Call = keyof typeof RIGHTS;

/** Whether who is signed in may call it; by what the route itself declares. */
export function useMayCall(): (call: Call) => boolean {
  const may = useMay();
  return (call) => RIGHTS[call].some(may);
}
