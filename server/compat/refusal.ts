/** How the older systems say no. */
import { ShopError } from '../../contract/compat/server-shop.ts';
import { CompatError } from '../../contract/compat/trading-desk.ts';
import type { Refusal } from '../kernel/problem.ts';

/** A, C and E: one sentence, and the code of Plinth's own routes beside it. */
export const saidAsSentence = {
  schema: CompatError,
  of: (refusal: Refusal) => ({ success: false, error: sentenceOf(refusal), code: refusal.code }),
} as const;
/** D. */
export const saidAsDetail = {
  schema: ShopError,
  of: (refusal: Refusal) => ({ detail: sentenceOf(refusal), code: refusal.code }),
} as const;

/** What is wrong with a field has its remedy beside it; there is room for one sentence only. */
function sentenceOf({ message, errors }: Refusal): string {
  const [first] = errors;
  return first && message === `${first.field}: ${first.rule}` ? `${message}. ${first.remedy}` : message;
}
