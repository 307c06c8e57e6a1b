/** Another size: what it costs today and from then on, and what happens to the server, before anything is ordered. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { dayOf, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Spinner } from '../../kit/ui/spinner.tsx';
import { productsQuery, type Subscription } from '../queries.ts';
import { orderWords } from '../words/order.ts';
import { serverWords } from '../words/server.ts';
import { type Interval, pricesOf } from './order-form.ts';
import { toPaymentPage } from './pay.tsx';
import { ProductPick } from './product-pick.tsx';

interface ChangeProps {
  subscription: Subscription;
  vps: VpsDetail;
  onClose: () => void;
}

export function ChangeDialog({ subscription, vps, onClose }: ChangeProps) {
  const [t, o] = [serverWords.use(), orderWords.use()];
  const { id, currency, interval } = subscription;
  const products = (useQuery(productsQuery).data ?? []).filter(
    (each) => each.id !== subscription.product_id && pricesOf(each, currency, new Date()).some((price) => price.interval === interval),
  );
  const [chosen, choose] = useState('');
  const body = { product_id: chosen as Subscription['product_id'] };
  const preview = useQuery({
    queryKey: ['change-preview', id, chosen],
    queryFn: ({ signal }) => api.previewSubscriptionChange({ id, body, signal }),
    enabled: chosen !== '',
    staleTime: 0,
    retry: false,
  });
  const change = useAction(
    async () => {
      const { changes } = await api.changeSubscription({ id, body });
      const open = changes.find(({ status }) => status === 'open');
      if (open?.invoice_id != null) await toPaymentPage(open.invoice_id, `/portal/servers/${vps.id}`);
    },
    { quiet: true, done: onClose },
  );
  const due = Number(preview.data?.due ?? 0);
  return (
    <Dialog open onOpenChange={onClose} shape="wide" title={t('changeTitle', { label: vps.label })} description={t('changeLead')}>
      <DialogForm
        error={change.error}
        fields={[]}
        missing={chosen === '' ? t('chooseOne') : preview.data ? null : t('counting')}
        busy={change.isPending}
        action={t(due > 0 ? 'changeNow' : 'changePlain')}
        onCancel={onClose}
        onSubmit={() => change.mutate(undefined)}
      >
        {products.length === 0 && <p className="text-ink-2">{t('nothingElse')}</p>}
        <ProductPick products={products} currency={currency} interval={interval as Interval} chosen={chosen} onChoose={choose} />
        {preview.error && <ProblemNote error={preview.error} />}
        {chosen !== '' && preview.isFetching && !preview.data && (
          <p className="flex items-center gap-2 text-ink-2">
            <Spinner /> {t('counting')}
          </p>
        )}
        {preview.data && (
          <div className="rounded-md border border-line bg-canvas p-4" data-testid="change-price">
            <p className="text-base font-semibold">
              {due > 0
                ? t('payToday', { amount: money(preview.data.due, currency) })
                : due < 0
                  ? t('backToday', { amount: money(-due, currency) })
                  : t('nothingToday')}
            </p>
            <p className="text-ink-2">
              {t('thenCosts', { amount: money(preview.data.amount, currency), per: o('per', { interval: preview.data.interval }) })}
            </p>
            {preview.data.effective === 'period_end' && subscription.period && (
              <p>{t('atEnd', { date: dayOf(new Date(subscription.period.end_at)) })}</p>
            )}
            <p className="mt-1">{t(preview.data.resizes ? 'restarts' : 'noRestart')}</p>
          </div>
        )}
      </DialogForm>
    </Dialog>
  );
}
