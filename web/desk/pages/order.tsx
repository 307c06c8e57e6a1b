/** One order: its servers, why one has none, and what a person does about it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { money } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { May } from '../../kit/parts/may.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { cancelOrderProblem, OrderDialog, type OrderQuestion } from '../shop/order-dialogs.tsx';
import { Customer } from '../shop/listing.tsx';
import { type Order, orderQuery } from '../shop/queries.ts';
import { ORDER_TONES } from '../shop/rows.tsx';

export function OrderPage() {
  const { id } = useParams({ from: '/app/selling/orders/$id' });
  const found = useQuery(orderQuery(id));
  const order = found.data;
  const [dialog, open] = useState<OrderQuestion | null>(null);
  const ended = order && cancelOrderProblem(order) !== null;
  return (
    <Page
      title={order ? `Order ${order.number}` : 'Order'}
      above={<Crumb to="/orders" />}
      lead={order && <Badge tone={ORDER_TONES[order.status]}>{sentenceCase(order.status)}</Badge>}
      actions={
        order &&
        !ended && (
          <>
            {order.status === 'placed' && (
              <May call="payOrder">
                <Button onClick={() => open('pay')}>Book its payment</Button>
              </May>
            )}
            <May call="cancelOrder">
              <Button variant="danger" onClick={() => open('cancel')}>
                Cancel it
              </Button>
            </May>
          </>
        )
      }
    >
      {found.error && <ProblemNote error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading what="the order" />}
      {order && (
        <>
          {order.refund_due && order.refunded_at === null && (
            <p role="alert" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
              Money is to be given back: cancel what cannot be made, then refund the payment on the customer’s page.
            </p>
          )}
          <Card title="About">
            <Facts
              items={[
                ['Customer', <Customer key="c" id={order.organization_id} />],
                ['Total', money(order.total, order.currency)],
                ['Placed', <Time key="p" at={order.placed_at} />],
                ['By', order.placed_by],
                ['Paid', order.paid_at && <Time key="d" at={order.paid_at} />],
                ['Waits until', order.expires_at && order.paid_at === null && <Time key="e" at={order.expires_at} />],
                ['Reference', order.external_reference],
                ['Why', order.reason],
              ]}
            />
          </Card>
          <Items order={order} />
          {dialog && <OrderDialog order={order} what={dialog} onClose={() => open(null)} />}
        </>
      )}
    </Page>
  );
}

function Items({ order }: { order: Order }) {
  const ready = useAction((item: string) => api.markOrderItemReady({ id: order.id, item: item as never }));
  return (
    <Card title="What was bought">
      <ul className="divide-y divide-line">
        {order.items.map((item) => (
          <li key={item.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
            <span className="min-w-0 flex-1">
              <span className="font-medium">{item.product_name}</span> as <span className="break-all">{item.label}</span>, a {item.interval}
              : {money(item.amount, order.currency)}
              {item.failure && <span className="block text-bad">{item.failure}</span>}
            </span>
            <Badge tone={item.status === 'ready' ? 'good' : item.status === 'failed' ? 'bad' : 'busy'}>{sentenceCase(item.status)}</Badge>
            {item.vps_id && (
              <Link to="/vps/$id" params={{ id: item.vps_id }} className="text-accent underline underline-offset-2">
                The server
              </Link>
            )}
            {item.operation_id && (
              <Link to="/operations/$id" params={{ id: item.operation_id }} className="text-accent underline underline-offset-2">
                Its making
              </Link>
            )}
            {item.status === 'pending_provisioning' && (
              <May call="markOrderItemReady">
                <Button variant="primary" busy={ready.isPending} onClick={() => ready.mutate(item.id)}>
                  I made it
                </Button>
              </May>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
