/** What happens to an unpaid server and when, with the button that ends it. */
import { dayOf } from '../../kit/lib/format.ts';
import { useNow } from '../../kit/ui/time.tsx';
import type { Subscription } from '../queries.ts';
import { payWords } from '../words/pay.ts';
import { Banner } from './page.tsx';
import { PayButton } from './pay.tsx';

const DAY_MS = 86_400_000;
/** What is next for an unpaid one that matters to its owner; the others are letters. */
const WORD = { past_due: 'unpaidActive', suspended: 'unpaidSuspended', terminating: 'unpaidTerminating' } as const;

/** One that ends because it was cancelled is not. */
export const isUnpaid = ({ status, renewal_invoice_id: invoice }: Subscription): boolean => status in WORD && invoice !== null;

/** `label` of its server. */
export function Unpaid({ subscription, label }: { subscription: Subscription; label: string | undefined }) {
  const t = payWords.use();
  const now = useNow(60_000);
  const { status, next, deadline, renewal_invoice_id: invoice } = subscription;
  const at = deadline ?? next?.at ?? null;
  const when =
    at === null
      ? t('soon')
      : t('on', { date: dayOf(new Date(at)), days: Math.max(0, Math.floor((Date.parse(at) - now.getTime()) / DAY_MS)) });
  const word = WORD[status as keyof typeof WORD] ?? 'unpaidSoon';
  const back = subscription.vps_id === null ? '/portal' : `/portal/servers/${subscription.vps_id}`;
  return (
    <Banner
      tone={status === 'past_due' ? 'warn' : 'bad'}
      action={invoice !== null && <PayButton invoiceId={invoice} back={back} label={t('payNow')} />}
    >
      {t(word, { label: label ?? t('aServer'), when })}
    </Banner>
  );
}
