/** Money moved by a person: refunds, transfers, and what becomes of an invoice. Each says why. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import type { Invoice, Payment } from './queries.ts';

const REASON_LEAST = 3;
const AMOUNT = /^\d+(\.\d+)?$/;

export function RefundDialog({ payment, onClose }: { payment: Payment; onClose: () => void }) {
  const left = (Number(payment.amount) - Number(payment.refunded)).toFixed(2);
  const [amount, setAmount] = useState(left);
  const [reason, setReason] = useState('');
  const refund = useAction(() => api.refundPayment({ id: payment.id, body: { amount, reason } }), {
    quiet: true,
    done: () => {
      toast('The refund is on its way, with its credit note.');
      onClose();
    },
  });
  return (
    <Dialog open onOpenChange={onClose} title="Refund a payment" description={`At most ${money(left, payment.currency)} of it is left.`}>
      <DialogForm
        error={refund.error}
        fields={['amount', 'reason']}
        missing={!AMOUNT.test(amount) ? 'Type an amount such as 12.50.' : reason.trim().length < REASON_LEAST ? 'Say why.' : null}
        busy={refund.isPending}
        action={`Refund ${AMOUNT.test(amount) ? money(amount, payment.currency) : ''}`}
        variant="danger"
        onCancel={onClose}
        onSubmit={() => refund.mutate(undefined)}
      >
        <TextField
          label={`Amount in ${payment.currency}`}
          inputMode="decimal"
          value={amount}
          onChange={(event) => setAmount(event.target.value.trim())}
          error={fieldError(refund.error, 'amount')}
        />
        <TextField
          label="Why (stands on the credit note)"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={fieldError(refund.error, 'reason')}
        />
      </DialogForm>
    </Dialog>
  );
}

export function BookDialog({ invoice, onClose }: { invoice: Invoice; onClose: () => void }) {
  const [amount, setAmount] = useState(invoice.amount_due);
  const [reference, setReference] = useState('');
  const book = useAction(
    () => api.recordPayment({ body: { invoice_id: invoice.id, amount, currency: invoice.currency, reference: reference.trim() } }),
    { quiet: true, done: onClose },
  );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Book a transfer"
      description="The same reference for an invoice is one payment, however often it is told."
    >
      <DialogForm
        error={book.error}
        fields={['amount', 'reference']}
        missing={
          !AMOUNT.test(amount) ? 'Type an amount such as 12.50.' : reference.trim() === '' ? 'Type what the bank statement says.' : null
        }
        busy={book.isPending}
        action="Book it"
        onCancel={onClose}
        onSubmit={() => book.mutate(undefined)}
      >
        <TextField
          label={`Amount in ${invoice.currency}`}
          inputMode="decimal"
          value={amount}
          onChange={(event) => setAmount(event.target.value.trim())}
          error={fieldError(book.error, 'amount')}
        />
        <TextField
          label="Reference"
          value={reference}
          onChange={(event) => setReference(event.target.value)}
          error={fieldError(book.error, 'reference')}
        />
      </DialogForm>
    </Dialog>
  );
}

const REASONS = {
  void: ['Take the invoice back', 'Nothing is owed for it any more; its number stays with it.', 'Take it back'],
  'write-off': [
    'Give the invoice up',
    'It stays unpaid for good and counts as a loss. A payment that comes later still settles it.',
    'Give it up',
  ],
  hold: ['Hold collection', 'For two weeks nobody is charged, reminded, suspended or ended for it.', 'Hold it'],
} as const;
const HOLD_MS = 14 * 86_400_000;

interface ReasonProps {
  invoice: Invoice;
  what: keyof typeof REASONS;
  onClose: () => void;
}

export function InvoiceReasonDialog({ invoice, what, onClose }: ReasonProps) {
  const [reason, setReason] = useState('');
  const [title, lead, action] = REASONS[what];
  const act = useAction(
    async () => {
      const { id } = invoice;
      if (what === 'void') await api.voidInvoice({ id, body: { reason } });
      else if (what === 'write-off') await api.writeInvoiceOff({ id, body: { reason } });
      else await api.setInvoiceHold({ id, body: { until: new Date(Date.now() + HOLD_MS).toISOString(), reason } });
    },
    { quiet: true, done: onClose },
  );
  return (
    <Dialog open onOpenChange={onClose} title={title} description={lead}>
      <DialogForm
        error={act.error}
        fields={['reason']}
        missing={reason.trim().length < REASON_LEAST ? 'Say why.' : null}
        busy={act.isPending}
        action={action}
        variant={what === 'hold' ? 'primary' : 'danger'}
        onCancel={onClose}
        onSubmit={() => act.mutate(undefined)}
      >
        <TextField label="Why" value={reason} onChange={(event) => setReason(event.target.value)} error={fieldError(act.error, 'reason')} />
      </DialogForm>
    </Dialog>
  );
}
