import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Organization, type VpsDetail } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { organizationsQuery } from '../../kit/api/queries.ts';
import { plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { toast } from '../../kit/ui/toast.tsx';

/** Another customer gets the VPS: record and stack move, the server itself stays as it is. */
export function OwnerDialog({ vps, onClose }: { vps: VpsDetail; onClose: () => void }) {
  const organizations = useQuery(organizationsQuery);
  const others = organizations.data?.filter(({ id }) => id !== vps.organization_id);
  const present = organizations.data?.find(({ id }) => id === vps.organization_id);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Give ${vps.label} to another organization`}
      description={`${present ? `“${present.name}”` : 'Its owner'} sees it no longer, but may still know its password. The server itself is not touched.`}
    >
      {organizations.error && <ProblemNote error={organizations.error} retry={() => void organizations.refetch()} />}
      {!others && !organizations.error && <Loading what="the organizations" />}
      {others?.length === 0 && (
        <p className="mt-4 text-ink-2">
          There is no other organization. Add one in the{' '}
          <Link to="/settings" hash="organizations" className="underline underline-offset-2">
            settings
          </Link>
          .
        </p>
      )}
      {others && others.length > 0 && <Form vps={vps} others={others} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ vps, others, onClose }: { vps: VpsDetail; others: readonly Organization[]; onClose: () => void }) {
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const give = useAction(() => api.setVpsOwner({ id: vps.id, body: { organization_id: to, reason: reason.trim() } }), {
    quiet: true,
    done: () => {
      onClose();
      toast(`${vps.label} belongs to “${others.find(({ id }) => id === to)?.name}” now.`);
    },
  });
  const missing = to === '' ? 'Choose an organization first.' : reason.trim().length < 3 ? 'Say why, in at least 3 characters.' : null;
  return (
    <DialogForm
      error={give.error}
      fields={['organization_id', 'reason']}
      missing={missing}
      busy={give.isPending}
      action="Give it away"
      onCancel={onClose}
      onSubmit={() => give.mutate()}
    >
      <SelectField
        label="New owner"
        value={to}
        onChange={(event) => setTo(event.target.value)}
        options={[
          { value: '', label: 'Choose…' },
          ...others.map(({ id, name, vps_count: count }) => ({ value: id, label: `${name} (${plural(count, 'VPS', 'VPSes')})` })),
        ]}
        error={fieldError(give.error, 'organization_id')}
      />
      <TextField
        label="Reason"
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
        error={fieldError(give.error, 'reason')}
        help="For the audit trails of both organizations."
      />
    </DialogForm>
  );
}
