/** What can be done with one row of the shop's lists. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { May } from '../../kit/parts/may.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { RefundDialog } from './money-dialogs.tsx';
import { cancelOrderProblem, OrderDialog, type OrderQuestion, payOrderProblem } from './order-dialogs.tsx';
import type { Order, Payment, Refund, Subscription } from './queries.ts';

const TO_CUSTOMER = 'Open its customer';

export function OrderMenu({ order }: { order: Order }) {
  const [asked, ask] = useState<OrderQuestion | null>(null);
  return (
    <>
      <RowMenu name={`order ${order.number}`}>
        <OpenItem to={`/orders/${order.id}`} />
        <OpenItem to={`/customers/${order.organization_id}`}>{TO_CUSTOMER}</OpenItem>
        <CopyItem text={order.id} what="id" />
        <May call="payOrder">
          <MenuItem disabledReason={payOrderProblem(order)} onSelect={() => ask('pay')}>
            Book its payment…
          </MenuItem>
        </May>
        <May call="cancelOrder">
          <MenuItem danger disabledReason={cancelOrderProblem(order)} onSelect={() => ask('cancel')}>
            Cancel it…
          </MenuItem>
        </May>
      </RowMenu>
      {asked && <OrderDialog order={order} what={asked} onClose={() => ask(null)} />}
    </>
  );
}

export function SubscriptionMenu({ subscription: each }: { subscription: Subscription }) {
  const navigate = useNavigate();
  return (
    <RowMenu name={`the subscription to ${each.product_name}`}>
      <MenuItem
        disabledReason={each.vps_id === null ? 'It has no server yet.' : null}
        onSelect={() => void navigate({ to: '/vps/$id', params: { id: each.vps_id! } })}
      >
        Open its server
      </MenuItem>
      <OpenItem to={`/customers/${each.organization_id}`}>{TO_CUSTOMER}</OpenItem>
      <MenuItem
        disabledReason={each.renewal_invoice_id === null ? 'None is open.' : null}
        onSelect={() => void navigate({ to: '/invoices', hash: each.renewal_invoice_id! })}
      >
        Open the invoice of its next period
      </MenuItem>
      <CopyItem text={each.id} what="id" />
    </RowMenu>
  );
}

export function PaymentMenu({ payment }: { payment: Payment }) {
  const [refunding, refund] = useState(false);
  return (
    <>
      <RowMenu name={`the payment by ${payment.label ?? payment.provider}`}>
        <OpenItem to={`/customers/${payment.organization_id}`}>{TO_CUSTOMER}</OpenItem>
        <CopyItem text={payment.id} what="id" />
        <May call="refundPayment">
          <MenuItem
            danger
            disabledReason={Number(payment.refunded) >= Number(payment.amount) ? 'All of it was refunded.' : null}
            onSelect={() => refund(true)}
          >
            Refund…
          </MenuItem>
        </May>
      </RowMenu>
      {refunding && <RefundDialog payment={payment} onClose={() => refund(false)} />}
    </>
  );
}

/** Of what is only looked at: money that went back, a dispute. */
export function MoneyMenu({ name, of }: { name: string; of: Pick<Refund, 'id' | 'organization_id'> }) {
  return (
    <RowMenu name={name}>
      <OpenItem to={`/customers/${of.organization_id}`}>{TO_CUSTOMER}</OpenItem>
      <CopyItem text={of.id} what="id" />
    </RowMenu>
  );
}
