import { RIGHTS } from '../api/generated/rights.ts';
import { useMay } from './use-session.ts';

/** A route that does something, by the name of its function in `api`. */
export type Call = keyof typeof RIGHTS;

/** Whether who is signed in may call all of these; by what the routes themselves declare. */
export function useMayCall(): (...calls: readonly Call[]) => boolean {
  const may = useMay();
  return (...calls) => calls.every((call) => RIGHTS[call].some(may));
}
