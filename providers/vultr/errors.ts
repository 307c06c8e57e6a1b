/**
 * Vultr's refusals by meaning. Its errors are `{"error":"<text>","status":<code>}` and carry no code, so
 * the texts themselves decide; this file is the only place that knows them.
 */
import type { ProviderErrorDetail, ProviderErrorKind } from '../errors.ts';

export const VULTR = 'vultr';

/** First match wins; texts are compared in lower case. */
const MEANINGS: readonly { readonly kind: ProviderErrorKind; readonly texts: readonly string[]; readonly remedy: string }[] = [
  {
    kind: 'credentials',
    texts: ['invalid api token', 'invalid api key'],
    remedy: 'Make a new API key at Vultr and put it on the account.',
  },
  {
    kind: 'forbidden',
    texts: ['unauthorized ip address', 'not authorized', 'permission'],
    remedy: "Allow this machine's address and the needed permissions for the key in Vultr's API settings.",
  },
  {
    kind: 'quota',
    texts: [
      'maximum number of active virtual machines',
      'maximum monthly fee',
      'account limit',
      'insufficient funds',
      'maximum number of snapshots',
    ],
    remedy: 'Ask Vultr support to raise the limit of the account, or remove what is not needed.',
  },
  {
    kind: 'out_of_stock',
    texts: ['not available in the selected', 'not available in that', 'sold out', 'no available capacity'],
    remedy: 'Choose another plan or region.',
  },
  {
    kind: 'conflict',
    texts: ['locked', 'being provisioned', 'pending operation', 'already attached', 'already in progress', 'currently being', 'is already'],
    remedy: 'Try again in a moment.',
  },
  {
    // Deleted keys are answered with this text whatever the status.
    kind: 'not_found',
    texts: ['invalid ssh key', 'instance not found', 'invalid instance', 'invalid firewall group', 'invalid startup script'],
    remedy: 'It does not exist any more.',
  },
];

const BY_STATUS: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'invalid',
  401: 'credentials',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'conflict',
  422: 'invalid',
  423: 'conflict',
  429: 'rate_limited',
};

/** Translates a refusal; the text of the answer is kept, with a remedy where there is one. */
export function translate(status: number, body: unknown): Omit<ProviderErrorDetail, 'provider' | 'httpStatus' | 'retryAfterMs'> {
  const text = errorText(body);
  if (text === null) return { kind: BY_STATUS[status] ?? 'unexpected', message: `Vultr answered ${status} without an explanation.` };
  const lower = text.toLowerCase();
  const meaning = MEANINGS.find((entry) => entry.texts.some((part) => lower.includes(part)));
  // "Not found" texts name a value we sent when the call was a create: only an item's own 404 is gone.
  if (meaning && !(meaning.kind === 'not_found' && status === 400 && !lower.includes('ssh key')))
    return { kind: meaning.kind, message: `Vultr refused: ${text} ${meaning.remedy}` };
  return { kind: BY_STATUS[status] ?? 'unexpected', message: `Vultr refused: ${text}` };
}

function errorText(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  return typeof body.error === 'string' && body.error !== '' ? body.error : null;
}
