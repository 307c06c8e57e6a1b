/** What can be done with an invoice by hand: issued, booked as paid, taken back, given up, on hold. */
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { IconButton } from '../../kit/ui/button.tsx';
import { Menu, MenuItem } from '../../kit/ui/menu.tsx';
import { BookDialog, InvoiceReasonDialog } from './money-dialogs.tsx';
import type { Invoice } from './queries.ts';

export function InvoiceMenu({ invoice }: { invoice: Invoice }) {
  const [dialog, open] = useState<'book' | 'void' | 'write-off' | 'hold' | null>(null);
  const issue = useAction(() => api.issueInvoice({ id: invoice.id, body: { reason: 'Issued at the desk' } }));
  const lift = useAction(() => api.setInvoiceHold({ id: invoice.id, body: { until: null, reason: 'Lifted at the desk' } }));
  const isOpen = invoice.status === 'open' || invoice.status === 'draft';
  const close = (): void => open(null);
  if (!isOpen) return null;
  return (
    <>
      <Menu trigger={<IconButton icon="chevron" label={`More for ${invoice.number ?? 'the pro forma'}`} />}>
        {invoice.status === 'draft' && <MenuItem onSelect={() => issue.mutate(undefined)}>Issue it</MenuItem>}
        <MenuItem onSelect={() => open('book')}>Book a transfer …</MenuItem>
        {invoice.collection_hold_until === null ? (
          <MenuItem onSelect={() => open('hold')}>Hold collection …</MenuItem>
        ) : (
          <MenuItem onSelect={() => lift.mutate(undefined)}>Lift the hold</MenuItem>
        )}
        <MenuItem danger onSelect={() => open('void')}>
          Take it back …
        </MenuItem>
        <MenuItem
          danger
          disabledReason={invoice.status === 'draft' ? 'A pro forma is taken back.' : null}
          onSelect={() => open('write-off')}
        >
          Give it up …
        </MenuItem>
      </Menu>
      {dialog === 'book' && <BookDialog invoice={invoice} onClose={close} />}
      {dialog !== null && dialog !== 'book' && <InvoiceReasonDialog invoice={invoice} what={dialog} onClose={close} />}
    </>
  );
}
