/** What a person does about an order by hand: its payment is booked, or it is cancelled. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import type { Order } from './queries.ts';

export type OrderQuestion = 'pay' | 'cancel';

/** Why its payment cannot be booked now, or null. */
export function payOrderProblem({ status }: Order): string | null {
  return status === 'placed' ? null : `It is ${status}: only one that waits for its payment can be paid.`;
}

/** Why it cannot be cancelled any more, or null. */
export function cancelOrderProblem({ status }: Order): string | null {
  return ['fulfilled', 'cancelled', 'expired'].includes(status) ? `It is ${status}.` : null;
}

interface OrderDialogProps {
  order: Order;
  onClose: () => void;
}

export function OrderDialog({ order, what, onClose }: OrderDialogProps & { what: OrderQuestion }) {
  return what === 'pay' ? <PayDialog order={order} onClose={onClose} /> : <CancelDialog order={order} onClose={onClose} />;
}

function PayDialog({ order, onClose }: OrderDialogProps) {
  const [reference, setReference] = useState('');
  const pay = useAction(
    () => api.payOrder({ id: order.id, body: { amount: order.total, currency: order.currency, reference: reference.trim() } }),
    { quiet: true, done: onClose },
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Book its payment"
      description={`${money(order.total, order.currency)} that came by another way.`}
    >
      <DialogForm
        error={pay.error}
        fields={[]}
        missing={reference.trim() === '' ? 'Type what the bank statement says.' : null}
        busy={pay.isPending}
        action="Book it"
        onCancel={onClose}
        onSubmit={() => pay.mutate(undefined)}
      >
        <TextField label="Reference" value={reference} onChange={(event) => setReference(event.target.value)} />
      </DialogForm>
    </Dialog>
  );
}

function CancelDialog({ order, onClose }: OrderDialogProps) {
  const [reason, setReason] = useState('');
  const cancel = useAction(() => api.cancelOrder({ id: order.id, body: { reason } }), { quiet: true, done: onClose });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Cancel order ${order.number}`}
      description="What was not made goes back to stock. Servers that run stay."
    >
      <DialogForm
        error={cancel.error}
        fields={[]}
        missing={reason.trim().length < 3 ? 'Say why.' : null}
        busy={cancel.isPending}
        action="Cancel the order"
        cancel="Keep it"
        variant="danger"
        onCancel={onClose}
        onSubmit={() => cancel.mutate(undefined)}
      >
        <TextField label="Why" value={reason} onChange={(event) => setReason(event.target.value)} />
      </DialogForm>
    </Dialog>
  );
}
