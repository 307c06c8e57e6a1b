/** An order on its way: to be paid, being confirmed, and at once on to the server that is built. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../kit/api/client.ts';
import { clockTime, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading, Spinner } from '../../kit/ui/spinner.tsx';
import { Link, useGo, useId } from '../link.tsx';
import { Banner, Page } from '../parts/page.tsx';
import { PayButton } from '../parts/pay.tsx';
import { type Order, orderQuery } from '../queries.ts';
import { orderWords } from '../words/order.ts';
import { shellWords } from '../words/shell.ts';

export function OrderStatusPage() {
  const [t, s] = [orderWords.use(), shellWords.use()];
  const id = useId();
  const go = useGo();
  const order = useQuery(orderQuery(id));
  const only = order.data?.items.length === 1 ? order.data.items[0] : undefined;
  const vpsId = only?.vps_id ?? null;
  useEffect(() => {
    // The page of the server shows every step of its making.
    if (vpsId !== null) go(`/portal/servers/${vpsId}`, { replace: true });
  }, [vpsId, go]);
  return (
    <Page title={t('orderTitle', { number: order.data?.number ?? '' })} above={['/portal', s('servers')]}>
      {order.error && <ProblemNote error={order.error} retry={() => void order.refetch()} />}
      {order.isLoading && <Loading what={t('theOrder')} />}
      {order.data && <State order={order.data} />}
      {order.data && (
        <Card title={t('summary')}>
          <Facts
            items={[
              ...order.data.items.map((item) => [item.label, `${item.product_name} · ${money(item.amount, order.data.currency)}`] as const),
              [t('today'), money(order.data.total, order.data.currency)],
            ]}
          />
        </Card>
      )}
    </Page>
  );
}

function State({ order }: { order: Order }) {
  const t = orderWords.use();
  const give = useAction(() => api.cancelOrder({ id: order.id, body: {} }));
  const again = (
    <Link to="/portal/order" className={buttonClass('primary')}>
      {t('orderAgain')}
    </Link>
  );
  const failed = order.items.find(({ status }) => status === 'failed');
  if (failed) return <Banner tone="bad">{t('failedNow', { why: failed.failure ?? '' })}</Banner>;
  switch (order.status) {
    case 'placed':
      return (
        <Banner
          tone="busy"
          action={
            <span className="flex flex-wrap gap-2">
              {order.invoice_id !== null && (
                <PayButton
                  invoiceId={order.invoice_id}
                  back={`/portal/orders/${order.id}`}
                  label={t('payNow', { amount: money(order.total, order.currency) })}
                />
              )}
              <Button className="min-h-10" busy={give.isPending} onClick={() => give.mutate(undefined)}>
                {t('give')}
              </Button>
            </span>
          }
        >
          {t('waiting')} {order.expires_at && t('waitingUntil', { time: clockTime(new Date(order.expires_at)) })}
        </Banner>
      );
    case 'review':
      return <Banner tone="busy">{t('inReview')}</Banner>;
    case 'expired':
      return (
        <Banner tone="warn" action={again}>
          {t('expired')}
        </Banner>
      );
    case 'cancelled':
      return (
        <Banner tone="warn" action={again}>
          {t('cancelled')}
        </Banner>
      );
    default:
      return (
        <Banner tone="busy">
          <span className="flex items-center gap-2">
            <Spinner /> {t(order.items.some(({ status }) => status === 'pending_provisioning') ? 'pendingHand' : 'building')}
          </span>
        </Banner>
      );
  }
}
