/** What staff do about a customer: act in their name, credit, and blocking. Each says why. */
import { useState } from 'react';
import { keepActing } from '../../kit/api/acting.ts';
import { api } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';

interface CustomerDialogProps {
  organizationId: string;
  onClose: () => void;
}
const LEAST = 3;

/** The customer's own pages, as they see them; every step of it is in the audit trail with both names. */
export function ActAsDialog({ organizationId, name, onClose }: CustomerDialogProps & { name: string }) {
  const [reason, setReason] = useState('');
  const [write, setWrite] = useState(false);
  const act = useAction(() => api.actAsCustomer({ body: { organization_id: organizationId as never, reason, write } }), {
    quiet: true,
    done: ({ impersonation }) => {
      keepActing(impersonation);
      location.assign('/portal');
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Act as ${name}`}
      description="You see their portal for half an hour. Passwords and credentials stay theirs, and everything is in their activity."
    >
      <DialogForm
        error={act.error}
        fields={['reason']}
        missing={reason.trim().length < LEAST ? 'Say why, for instance the ticket.' : null}
        busy={act.isPending}
        action="Open their portal"
        onCancel={onClose}
        onSubmit={() => act.mutate(undefined)}
      >
        <TextField label="Why" value={reason} onChange={(event) => setReason(event.target.value)} error={fieldError(act.error, 'reason')} />
        <Checkbox
          label="Change things too"
          help="For a superadmin with a second factor."
          checked={write}
          onChange={(event) => setWrite(event.target.checked)}
        />
      </DialogForm>
    </Dialog>
  );
}

export function CreditDialog({ organizationId, currency, onClose }: CustomerDialogProps & { currency: string }) {
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const change = useAction(() => api.changeCredit({ body: { organization_id: organizationId as never, amount, reason } as never }), {
    quiet: true,
    done: onClose,
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Give or take credit"
      description="It goes towards their next invoices. A minus takes it away."
    >
      <DialogForm
        error={change.error}
        fields={['amount', 'reason']}
        missing={!/^-?\d+(\.\d+)?$/.test(amount) ? 'Type an amount such as 10 or -2.50.' : reason.trim().length < LEAST ? 'Say why.' : null}
        busy={change.isPending}
        action="Book it"
        onCancel={onClose}
        onSubmit={() => change.mutate(undefined)}
      >
        <TextField
          label={`Amount in ${currency}`}
          value={amount}
          onChange={(event) => setAmount(event.target.value.trim())}
          error={fieldError(change.error, 'amount')}
        />
        <TextField
          label="Why"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={fieldError(change.error, 'reason')}
        />
      </DialogForm>
    </Dialog>
  );
}

export function BlockDialog({ organizationId, name, onClose }: CustomerDialogProps & { name: string }) {
  const [reason, setReason] = useState('');
  const block = useAction(() => api.blockOrganization({ id: organizationId as never, body: { reason } }), { quiet: true, done: onClose });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Block ${name}`}
      description="It orders and makes nothing any more. What runs goes on running."
    >
      <DialogForm
        error={block.error}
        fields={['reason']}
        missing={reason.trim().length < LEAST ? 'Say why; they read it.' : null}
        busy={block.isPending}
        action="Block it"
        variant="danger"
        onCancel={onClose}
        onSubmit={() => block.mutate(undefined)}
      >
        <TextField
          label="Why"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={fieldError(block.error, 'reason')}
        />
      </DialogForm>
    </Dialog>
  );
}
