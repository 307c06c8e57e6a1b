/** Whom an organization has asked in, and asking somebody. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type InvitationCreate } from '../../kit/api/client.ts';
import { invitationsQuery } from '../../kit/api/people-queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { FrontForm } from '../../features/people/front-page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { Time } from '../../kit/ui/time.tsx';

const ROLES = ['viewer', 'billing', 'operator', 'admin', 'owner'] as const;

export function Invitations() {
  const open = useQuery(invitationsQuery);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<InvitationCreate['role']>('viewer');
  const invite = useAction(() => api.invite({ body: { email, role } }), { quiet: true, done: () => setEmail('') });
  const revoke = useAction((id: string) => api.revokeInvitation({ id }));
  return (
    <Card title="Invitations">
      {open.error && <ProblemNote error={open.error} retry={() => void open.refetch()} />}
      <ul className="divide-y divide-line">
        {open.data?.invitations.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-3 py-2">
            <span className="flex-1">
              {each.email} <Badge dot={false}>{each.role}</Badge>{' '}
              <span className="text-ink-2">
                until <Time at={each.expires_at} />
              </span>
            </span>
            <Button variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate(each.id)}>
              Take back
            </Button>
          </li>
        ))}
      </ul>
      <FrontForm
        action="Invite"
        busy={invite.isPending}
        missing={email === '' ? 'Type an address first.' : null}
        error={invite.error}
        onSubmit={() => invite.mutate(undefined)}
      >
        <TextField label="Their e-mail" type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
        <SelectField
          label="Role"
          value={role}
          options={ROLES.map((value) => ({ value, label: value }))}
          onChange={(event) => setRole(event.target.value as InvitationCreate['role'])}
        />
      </FrontForm>
    </Card>
  );
}
