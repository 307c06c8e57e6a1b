/** What a server costs, until when it is paid, and changing or ending that. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { dayOf, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { productsQuery, type Subscription, subscriptionQuery } from '../queries.ts';
import { orderWords } from '../words/order.ts';
import { serverWords } from '../words/server.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { ChangeDialog } from './change-plan-dialog.tsx';
import { offeredOptions } from './options.ts';
import { OptionsDialog } from './options-dialog.tsx';
import { PayButton } from './pay.tsx';

interface PlanProps {
  subscription: Subscription;
  vps: VpsDetail;
}

export function PlanCard({ subscription, vps }: PlanProps) {
  const [t, o] = [serverWords.use(), orderWords.use()];
  const [dialog, open] = useState<'change' | 'options' | 'cancel' | null>(null);
  const keep = useAction(() => api.keepSubscription({ id: subscription.id }));
  const { status, cancel_at_end: ends, period } = subscription;
  const product = useQuery(productsQuery).data?.find(({ id }) => id === subscription.product_id);
  const offered = offeredOptions(product, subscription);
  const isOver = status === 'ended' || (status === 'terminating' && subscription.renewal_invoice_id === null);
  const until = period && dayOf(new Date(period.end_at));
  return (
    <Card title={t('plan')}>
      <div className="flex flex-col gap-3">
        <p>
          <span className="font-semibold">{subscription.product_name}</span>
          <span className="block text-ink-2">
            {t('costs', {
              amount: money(subscription.amount, subscription.currency),
              per: o('per', { interval: subscription.interval }),
            })}
          </span>
          {subscription.options.map(({ key, name, quantity, unit_amount: one }) => (
            <span key={key} className="block text-ink-2">
              {t('optionLine', { n: quantity, name, amount: money(one, subscription.currency) })}
            </span>
          ))}
        </p>
        {!isOver && until && <p className="text-sm">{t(ends ? 'endsOn' : 'renews', { date: until })}</p>}
        {status === 'terminating' && isOver && <p className="text-sm">{t('endsSoon')}</p>}
        <OpenChange subscription={subscription} vps={vps} />
        {!isOver && status !== 'pending' && (
          <div className="flex flex-wrap gap-2">
            {status === 'active' && (
              <Button className="min-h-10" onClick={() => open('change')}>
                {t('change')}
              </Button>
            )}
            {status === 'active' && offered.length > 0 && (
              <Button className="min-h-10" onClick={() => open('options')}>
                {t('options')}
              </Button>
            )}
            {ends ? (
              <Button className="min-h-10" busy={keep.isPending} onClick={() => keep.mutate(undefined)}>
                {t('keep')}
              </Button>
            ) : (
              <Button variant="danger" className="min-h-10" onClick={() => open('cancel')}>
                {t('cancel')}
              </Button>
            )}
          </div>
        )}
      </div>
      {dialog === 'change' && <ChangeDialog subscription={subscription} vps={vps} onClose={() => open(null)} />}
      {dialog === 'options' && <OptionsDialog subscription={subscription} offered={offered} vps={vps} onClose={() => open(null)} />}
      {dialog === 'cancel' && <CancelDialog subscription={subscription} vps={vps} onClose={() => open(null)} />}
    </Card>
  );
}

function OpenChange({ subscription, vps }: PlanProps) {
  const t = serverWords.use();
  const products = useQuery(productsQuery).data ?? [];
  const open = useQuery(subscriptionQuery(subscription.id)).data?.changes.find(({ status }) => status === 'open');
  const withdraw = useAction(() => api.withdrawSubscriptionChange({ id: subscription.id }));
  if (!open) return null;
  const product = products.find(({ id }) => id === open.product_id)?.name ?? '';
  return (
    <div className="flex flex-col gap-2 rounded-md border border-busy/40 bg-busy-soft p-3">
      {open.kind === 'option' ? (
        <p>{t(open.invoice_id === null ? 'optionsLater' : 'optionsOpen')}</p>
      ) : (
        <p>{t(open.invoice_id === null ? 'changeLater' : 'changeOpen', { product })}</p>
      )}
      <span className="flex flex-wrap gap-2">
        {open.invoice_id !== null && <PayButton invoiceId={open.invoice_id} back={`/portal/servers/${vps.id}`} label={t('payChange')} />}
        <Button className="min-h-10" busy={withdraw.isPending} onClick={() => withdraw.mutate(undefined)}>
          {t('withdraw')}
        </Button>
      </span>
    </div>
  );
}
