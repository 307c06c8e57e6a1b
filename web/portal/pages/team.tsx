/** Who works with a customer, with which role, and asking somebody in. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FrontForm } from '../../features/people/front-page.tsx';
import { api, type InvitationCreate } from '../../kit/api/client.ts';
import { invitationsQuery } from '../../kit/api/people-queries.ts';
import { dayOf } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay, useSession } from '../../kit/lib/use-session.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { useConfirmed } from '../parts/confirm-factor.tsx';
import { Page } from '../parts/page.tsx';
import { membersQuery, organizationQuery } from '../queries.ts';
import { teamWords } from '../words/people.ts';

const ROLES = ['viewer', 'billing', 'operator', 'admin', 'owner'] as const;
type Role = InvitationCreate['role'];

export function TeamPage() {
  const t = teamWords.use();
  const organization = useQuery(organizationQuery).data;
  return (
    <Page title={t('team')} lead={organization && t('teamLead', { name: organization.display_name ?? organization.name })}>
      <Members />
      <Invitations />
    </Page>
  );
}

function Members() {
  const t = teamWords.use();
  const session = useSession();
  const members = useQuery(membersQuery);
  const mayChange = useMay()('member:write');
  const change = useConfirmed(({ id, role }: { id: string; role: Role }) => api.updateMember({ id, body: { role } }));
  const remove = useConfirmed((id: string) => api.deleteMember({ id }));
  return (
    <Card title={t('members')}>
      {members.error && <ProblemNote error={members.error} retry={() => void members.refetch()} />}
      {members.isLoading && <Loading what={t('theMembers')} />}
      <ul className="divide-y divide-line">
        {members.data?.map((each) => {
          const isMe = each.user_id === session?.user_id;
          return (
            <li key={each.user_id} className="flex flex-wrap items-center gap-3 py-3">
              <span className="min-w-0 flex-1 basis-52">
                <span className="font-medium">{each.name}</span> {isMe && <Badge dot={false}>{t('you')}</Badge>}
                <span className="block text-sm break-all text-ink-2">
                  {each.email} · {t(each.second_factor ? 'withFactor' : 'withoutFactor')}
                </span>
              </span>
              {mayChange && !isMe ? (
                <>
                  <SelectField
                    label={`${t('role')}: ${each.name}`}
                    hideLabel
                    value={each.role}
                    options={ROLES.map((role) => ({ value: role, label: t('roleOf', { role }) }))}
                    onChange={(event) => change.run({ id: each.user_id, role: event.target.value as Role })}
                  />
                  <Button variant="danger" busy={remove.isPending} onClick={() => remove.run(each.user_id)}>
                    {t('remove')}
                  </Button>
                </>
              ) : (
                <Badge dot={false}>{t('roleOf', { role: each.role })}</Badge>
              )}
            </li>
          );
        })}
      </ul>
      <p className="mt-2 text-sm text-ink-2">{t('roleHelp')}</p>
      {change.ask}
      {remove.ask}
    </Card>
  );
}

function Invitations() {
  const t = teamWords.use();
  const may = useMay();
  const open = useQuery({ ...invitationsQuery, enabled: may('invitation:read') });
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const invite = useAction(() => api.invite({ body: { email, role } }), { quiet: true, done: () => setEmail('') });
  const revoke = useAction((id: string) => api.revokeInvitation({ id }));
  if (!may('invitation:write') && !open.data?.invitations.length) return null;
  return (
    <Card title={t('invitations')}>
      <ul className="divide-y divide-line">
        {open.data?.invitations.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-3 py-2">
            <span className="min-w-0 flex-1 break-all">
              {each.email} <Badge dot={false}>{t('roleOf', { role: each.role })}</Badge>{' '}
              <span className="text-sm text-ink-2">{t('until', { date: dayOf(new Date(each.expires_at)) })}</span>
            </span>
            {may('invitation:write') && (
              <Button variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate(each.id)}>
                {t('takeBack')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {may('invitation:write') && (
        <FrontForm
          action={t('invite')}
          busy={invite.isPending}
          missing={email === '' ? t('typeMail') : null}
          error={invite.error}
          onSubmit={() => invite.mutate(undefined)}
        >
          <div className="grid gap-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <TextField
              label={t('theirMail')}
              type="email"
              autoComplete="off"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
            <SelectField
              label={t('role')}
              value={role}
              options={ROLES.map((value) => ({ value, label: t('roleOf', { role: value }) }))}
              onChange={(event) => setRole(event.target.value as Role)}
            />
          </div>
        </FrontForm>
      )}
    </Card>
  );
}
