/** The rows of the shop's lists, on their own pages and on a customer's. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { money } from '../../kit/lib/format.ts';
import { sentenceCase, type Tone } from '../../kit/lib/words.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { Customer, Listing } from './listing.tsx';
import { InvoiceMenu } from './invoice-menu.tsx';
import { MoneyMenu, OrderMenu, PaymentMenu, SubscriptionMenu } from './row-menus.tsx';
import type { Invoice, Order, Payment, Refund, Subscription } from './queries.ts';

type List<Page> = UseInfiniteQueryResult<InfiniteData<Page>>;
const LINK = 'font-medium underline-offset-2 hover:underline';

export const ORDER_TONES: Readonly<Record<Order['status'], Tone>> = {
  draft: 'quiet',
  placed: 'warn',
  review: 'warn',
  paid: 'busy',
  provisioning: 'busy',
  fulfilled: 'good',
  failed: 'bad',
  expired: 'quiet',
  cancelled: 'quiet',
};
export function OrderRows({ list }: { list: List<{ orders: Order[] }> }) {
  return (
    <Listing
      label="Orders"
      head={['Order', 'Customer', 'State', 'What', 'Total', 'Placed']}
      list={list}
      rowsOf={(page) => page.orders}
      keyOf={(order) => order.id}
      menu={(order) => <OrderMenu order={order} />}
      empty="No order."
      row={(order) => (
        <>
          <td>
            <Link to="/orders/$id" params={{ id: order.id }} className={LINK}>
              {order.number}
            </Link>
          </td>
          <td>
            <Customer id={order.organization_id} />
          </td>
          <td>
            <Badge tone={order.refund_due && order.refunded_at === null ? 'bad' : ORDER_TONES[order.status]}>
              {order.refund_due && order.refunded_at === null ? 'Refund due' : sentenceCase(order.status)}
            </Badge>
          </td>
          <td>{order.items.map((item) => `${item.product_name} (${item.label})`).join(', ')}</td>
          <td className="tabular-nums">{money(order.total, order.currency)}</td>
          <td>
            <Time at={order.placed_at} />
          </td>
        </>
      )}
    />
  );
}

const SUBSCRIPTION_TONES: Readonly<Record<Subscription['status'], Tone>> = {
  pending: 'busy',
  active: 'good',
  past_due: 'warn',
  suspended: 'bad',
  cancelling: 'quiet',
  terminating: 'bad',
  ended: 'quiet',
};
export function SubscriptionRows({ list }: { list: List<{ subscriptions: Subscription[] }> }) {
  return (
    <Listing
      label="Subscriptions"
      head={['Product', 'Customer', 'State', 'Price', 'Paid until', 'Next']}
      list={list}
      rowsOf={(page) => page.subscriptions}
      keyOf={(each) => each.id}
      menu={(each) => <SubscriptionMenu subscription={each} />}
      empty="No subscription."
      row={(each) => (
        <>
          <td>
            {each.vps_id === null ? (
              each.product_name
            ) : (
              <Link to="/vps/$id" params={{ id: each.vps_id }} className={LINK}>
                {each.product_name}
              </Link>
            )}
          </td>
          <td>
            <Customer id={each.organization_id} />
          </td>
          <td>
            <Badge tone={SUBSCRIPTION_TONES[each.status]}>{sentenceCase(each.status)}</Badge>
            {each.cancel_at_end && <span className="block text-xs text-ink-2">ends with its period</span>}
            {each.problem && <span className="block text-xs text-bad">{each.problem}</span>}
          </td>
          <td className="tabular-nums">
            {money(each.amount, each.currency)} a {each.interval}
          </td>
          <td>{each.period?.end}</td>
          <td>
            {each.next && (
              <>
                {sentenceCase(each.next.event)}, <Time at={each.next.at} />
              </>
            )}
          </td>
        </>
      )}
    />
  );
}

const INVOICE_TONES: Readonly<Record<Invoice['status'], Tone>> = {
  draft: 'quiet',
  open: 'warn',
  paid: 'good',
  void: 'quiet',
  uncollectible: 'bad',
};
export function InvoiceRows({ list }: { list: List<{ invoices: Invoice[] }> }) {
  return (
    <Listing
      label="Invoices"
      head={['Number', 'Customer', 'Kind', 'State', 'Total', 'Due', 'Issued']}
      list={list}
      rowsOf={(page) => page.invoices}
      keyOf={(each) => each.id}
      menu={(each) => <InvoiceMenu invoice={each} />}
      empty="No invoice."
      row={(each) => (
        <>
          <td className="font-medium">{each.number ?? 'Pro forma'}</td>
          <td>
            <Customer id={each.organization_id} />
          </td>
          <td>{sentenceCase(each.kind)}</td>
          <td>
            <Badge tone={each.overdue ? 'bad' : INVOICE_TONES[each.status]}>{each.overdue ? 'Overdue' : sentenceCase(each.status)}</Badge>
            {each.collection_hold_until && <span className="block text-xs text-ink-2">on hold</span>}
          </td>
          <td className="tabular-nums">{money(each.total, each.currency)}</td>
          <td className="tabular-nums">{Number(each.amount_due) === 0 ? '–' : money(each.amount_due, each.currency)}</td>
          <td>{each.issued_at && <Time at={each.issued_at} />}</td>
        </>
      )}
    />
  );
}

export function PaymentRows({ list }: { list: List<{ payments: Payment[] }> }) {
  return (
    <Listing
      label="Payments"
      head={['Received', 'Customer', 'By', 'Amount', 'Refunded']}
      list={list}
      rowsOf={(page) => page.payments}
      keyOf={(each) => each.id}
      menu={(each) => <PaymentMenu payment={each} />}
      empty="No payment."
      row={(each) => (
        <>
          <td>
            <Time at={each.received_at} />
          </td>
          <td>
            <Customer id={each.organization_id} />
          </td>
          <td>
            {each.label ?? each.provider} <span className="text-xs text-ink-2">{each.source}</span>
          </td>
          <td className="tabular-nums">{money(each.amount, each.currency)}</td>
          <td className="tabular-nums">
            {Number(each.refunded) === 0 ? '–' : money(each.refunded, each.currency)}
            {Number(each.disputed) > 0 && <span className="block text-xs text-bad">{money(each.disputed, each.currency)} disputed</span>}
          </td>
        </>
      )}
    />
  );
}

const REFUND_TONES: Readonly<Record<Refund['status'], Tone>> = { pending: 'busy', succeeded: 'good', failed: 'bad' };
export function RefundRows({ list }: { list: List<{ refunds: Refund[] }> }) {
  return (
    <Listing
      label="Refunds"
      head={['Made', 'Customer', 'State', 'Amount', 'Why']}
      list={list}
      rowsOf={(page) => page.refunds}
      keyOf={(each) => each.id}
      menu={(each) => <MoneyMenu name={`the refund of ${money(each.amount, each.currency)}`} of={each} />}
      empty="No refund."
      row={(each) => (
        <>
          <td>
            <Time at={each.created_at} />
          </td>
          <td>
            <Customer id={each.organization_id} />
          </td>
          <td>
            <Badge tone={REFUND_TONES[each.status]}>{sentenceCase(each.status)}</Badge>
          </td>
          <td className="tabular-nums">{money(each.amount, each.currency)}</td>
          <td>{each.failure ?? each.reason}</td>
        </>
      )}
    />
  );
}
