/** What a customer has chosen, and what may still be missing. Without React. */
import type { SetupRequestInput } from '../../kit/api/client.ts';
import { type SetupForm, setupBody } from '../../features/vps/setup-form.ts';
import type { Product } from '../queries.ts';

export type Interval = Product['prices'][number]['interval'];

export interface Chosen {
  readonly productId: string;
  readonly interval: Interval;
  /** Empty: chosen for them. */
  readonly region: string;
  readonly image: string;
  /** In place of an image; empty: none. */
  readonly snapshot: string;
  readonly setup: SetupForm;
  readonly label: string;
  readonly key: string;
  /** Of those that the organization keeps. */
  readonly keyIds: readonly string[];
  /** Empty: none. */
  readonly coupon: string;
}

export type Price = Product['prices'][number];

/** Those that hold at `now`, in one currency, the shortest interval first. */
export function pricesOf({ prices }: Pick<Product, 'prices'>, currency: string | undefined, now: Date): Price[] {
  const order: readonly Interval[] = ['month', 'quarter', 'year'];
  return prices
    .filter((each) => (currency === undefined || each.currency === currency) && new Date(each.valid_from) <= now)
    .toSorted((a, b) => order.indexOf(a.interval) - order.indexOf(b.interval));
}

/** `ssh-ed25519 AAAA… me@here`; several, one a line. */
export const keysOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
export const areKeys = (text: string): boolean =>
  keysOf(text).every((line) => /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[\w@.-]+) [A-Za-z0-9+/=]{20,}/.test(line));

/** A free name: `server-1`, `server-2` … */
export function freeLabel(taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) if (!taken.has(`server-${n}`)) return `server-${n}`;
}

/** What the form asks a quote for; null while something is missing. */
export function quoteBody({ productId, interval, region, image, snapshot, setup, label, key, keyIds, coupon }: Chosen) {
  if (productId === '' || label.trim() === '' || !areKeys(key)) return null;
  return {
    ...(coupon.trim() === '' ? {} : { coupon: coupon.trim() }),
    items: [
      {
        product_id: productId as Product['id'],
        interval,
        label: label.trim(),
        ...(region === '' ? {} : { region }),
        ...(snapshot === '' ? (image === '' ? {} : { image }) : { from_snapshot: snapshot }),
        // What a snapshot holds was set up before.
        ...(snapshot === '' ? chosenSetup(setup) : {}),
        ssh_keys: keysOf(key),
        ...(keyIds.length === 0 ? {} : { ssh_key_ids: [...keyIds] }),
      },
    ],
  };
}

/** A new server has nothing that could be taken away. */
function chosenSetup(form: SetupForm): { readonly setup?: SetupRequestInput } {
  const { setup } = setupBody(form);
  return setup ? { setup } : {};
}
