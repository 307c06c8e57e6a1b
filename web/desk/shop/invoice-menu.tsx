/** What can be done with an invoice by hand: issued, booked as paid, taken back, given up, on hold. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { useMayCall } from '../../kit/lib/use-may-call.ts';
import { May } from '../../kit/parts/may.tsx';
import { useAction } from '../../kit/lib/use-action.ts';
import { IconButton } from '../../kit/ui/button.tsx';
import { Menu, MenuItem } from '../../kit/ui/menu.tsx';
import { BookDialog, InvoiceReasonDialog } from './money-dialogs.tsx';
import type { Invoice } from './queries.ts';

/** With none of them there is no menu. */
const CALLS = ['issueInvoice', 'recordPayment', 'setInvoiceHold', 'voidInvoice', 'writeInvoiceOff'] as const;

export function InvoiceMenu({ invoice }: { invoice: Invoice }) {
  const [dialog, open] = useState<'book' | 'void' | 'write-off' | 'hold' | null>(null);
  const issue = useAction(() => api.issueInvoice({ id: invoice.id, body: { reason: 'Issued at the desk' } }));
  const lift = useAction(() => api.setInvoiceHold({ id: invoice.id, body: { until: null, reason: 'Lifted at the desk' } }));
  const isOpen = invoice.status === 'open' || invoice.status === 'draft';
  const close = (): void => open(null);
  const mayCall = useMayCall();
  if (!isOpen || !CALLS.some((call) => mayCall(call))) return null;
  return (
    <>
      <Menu trigger={<IconButton icon="chevron" label={`More for ${invoice.number ?? 'the pro forma'}`} />}>
        {invoice.status === 'draft' && (
          <May call="issueInvoice">
            <MenuItem onSelect={() => issue.mutate(undefined)}>Issue it</MenuItem>
          </May>
        )}
        <May call="recordPayment">
          <MenuItem onSelect={() => open('book')}>Book a transfer …</MenuItem>
        </May>
        <May call="setInvoiceHold">
          {invoice.collection_hold_until === null ? (
            <MenuItem onSelect={() => open('hold')}>Hold collection …</MenuItem>
          ) : (
            <MenuItem onSelect={() => lift.mutate(undefined)}>Lift the hold</MenuItem>
          )}
        </May>
        <May call="voidInvoice">
          <MenuItem danger onSelect={() => open('void')}>
            Take it back …
          </MenuItem>
        </May>
        <May call="writeInvoiceOff">
          <MenuItem
            danger
            disabledReason={invoice.status === 'draft' ? 'A pro forma is taken back.' : null}
            onSelect={() => open('write-off')}
          >
            Give it up …
          </MenuItem>
        </May>
      </Menu>
      {dialog === 'book' && <BookDialog invoice={invoice} onClose={close} />}
      {dialog !== null && dialog !== 'book' && <InvoiceReasonDialog invoice={invoice} what={dialog} onClose={close} />}
    </>
  );
}
