/** What can be done with an invoice by hand: issued, booked as paid, taken back, given up, on hold. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { May } from '../../kit/parts/may.tsx';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { useAction } from '../../kit/lib/use-action.ts';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { BookDialog, InvoiceReasonDialog } from './money-dialogs.tsx';
import type { Invoice } from './queries.ts';

type Question = 'book' | 'void' | 'write-off' | 'hold';

export function InvoiceMenu({ invoice }: { invoice: Invoice }) {
  const [dialog, open] = useState<Question | null>(null);
  const close = (): void => open(null);
  return (
    <>
      <RowMenu name={invoice.number ?? 'the pro forma'}>
        <MenuItem onSelect={() => void window.open(`/api/invoices/${invoice.id}/pdf`, '_blank', 'noopener')}>PDF</MenuItem>
        <OpenItem to={`/customers/${invoice.organization_id}`}>Open its customer</OpenItem>
        <CopyItem text={invoice.id} what="id" />
        <Items invoice={invoice} onAsk={open} />
      </RowMenu>
      {dialog === 'book' && <BookDialog invoice={invoice} onClose={close} />}
      {dialog !== null && dialog !== 'book' && <InvoiceReasonDialog invoice={invoice} what={dialog} onClose={close} />}
    </>
  );
}

function Items({ invoice, onAsk }: { invoice: Invoice; onAsk: (what: Question) => void }) {
  const issue = useAction(() => api.issueInvoice({ id: invoice.id, body: { reason: 'Issued at the desk' } }));
  const lift = useAction(() => api.setInvoiceHold({ id: invoice.id, body: { until: null, reason: 'Lifted at the desk' } }));
  const isOpen = invoice.status === 'open' || invoice.status === 'draft';
  const settled = isOpen ? null : `It is ${invoice.status}.`;
  return (
    <>
      <May call="issueInvoice">
        <MenuItem
          disabledReason={invoice.status === 'draft' ? null : 'It was issued; its number stays.'}
          onSelect={() => issue.mutate(undefined)}
        >
          Issue it
        </MenuItem>
      </May>
      <May call="recordPayment">
        <MenuItem disabledReason={settled} onSelect={() => onAsk('book')}>
          Book a transfer …
        </MenuItem>
      </May>
      <May call="setInvoiceHold">
        {invoice.collection_hold_until === null ? (
          <MenuItem disabledReason={settled} onSelect={() => onAsk('hold')}>
            Hold collection …
          </MenuItem>
        ) : (
          <MenuItem disabledReason={settled} onSelect={() => lift.mutate(undefined)}>
            Lift the hold
          </MenuItem>
        )}
      </May>
      <May call="voidInvoice">
        <MenuItem danger disabledReason={settled} onSelect={() => onAsk('void')}>
          Take it back …
        </MenuItem>
      </May>
      <May call="writeInvoiceOff">
        <MenuItem
          danger
          disabledReason={settled ?? (invoice.status === 'draft' ? 'A pro forma is taken back.' : null)}
          onSelect={() => onAsk('write-off')}
        >
          Give it up …
        </MenuItem>
      </May>
    </>
  );
}
