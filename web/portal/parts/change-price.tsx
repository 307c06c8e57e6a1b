/** What a change of a subscription costs today and from then on, and asking for it. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { formatAmount, parseMoney, sum, money as moneyOf } from '../../../contract/money.ts';
import { api, type Routes } from '../../kit/api/client.ts';
import { dayOf, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Spinner } from '../../kit/ui/spinner.tsx';
import type { Subscription } from '../queries.ts';
import { orderWords } from '../words/order.ts';
import { serverWords } from '../words/server.ts';
import { toPaymentPage } from './pay.tsx';

type Wanted = NonNullable<Routes['changeSubscription']['request']['body']>;
type Preview = Routes['previewSubscriptionChange']['answer'];

/** `body` null: nothing is chosen yet. */
export function useChangePreview(id: Subscription['id'], body: Wanted | null): UseQueryResult<Preview> {
  return useQuery({
    queryKey: ['change-preview', id, body],
    queryFn: ({ signal }) => api.previewSubscriptionChange({ id, body: body!, signal }),
    enabled: body !== null,
    staleTime: 0,
    retry: false,
  });
}

/** Leads to the payment where something is to be paid first. */
export function useChange({ id, vpsId, onClose }: { id: Subscription['id']; vpsId: string; onClose: () => void }) {
  return useAction(
    async (body: Wanted) => {
      const { changes } = await api.changeSubscription({ id, body });
      const open = changes.find(({ status }) => status === 'open');
      if (open?.invoice_id != null) await toPaymentPage(open.invoice_id, `/portal/servers/${vpsId}`);
    },
    { quiet: true, done: onClose },
  );
}

/** A period with all that is added. */
function wholeOf({ amount, currency, options }: Preview): string {
  const added = options.map(({ quantity, unit_amount: one }) => moneyOf(parseMoney(one, currency).amount * BigInt(quantity), currency));
  return formatAmount(sum([parseMoney(amount, currency), ...added], currency));
}

export function ChangePrice({ subscription, preview }: { subscription: Subscription; preview: UseQueryResult<Preview> }) {
  const [t, o] = [serverWords.use(), orderWords.use()];
  const { data, error } = preview;
  const { currency, period } = subscription;
  if (error) return <ProblemNote error={error} />;
  if (!data)
    return (
      <p className="flex items-center gap-2 text-ink-2">
        <Spinner /> {t('counting')}
      </p>
    );
  const due = Number(data.due);
  return (
    <div className="rounded-md border border-line bg-canvas p-4" data-testid="change-price">
      <p className="text-base font-semibold">
        {due > 0
          ? t('payToday', { amount: money(data.due, currency) })
          : due < 0
            ? t('backToday', { amount: money(-due, currency) })
            : t('nothingToday')}
      </p>
      <p className="text-ink-2">{t('thenCosts', { amount: money(wholeOf(data), currency), per: o('per', { interval: data.interval }) })}</p>
      {data.effective === 'period_end' && period && <p>{t('atEnd', { date: dayOf(new Date(period.end_at)) })}</p>}
      <p className="mt-1">{t(data.resizes ? 'restarts' : 'noRestart')}</p>
    </div>
  );
}
