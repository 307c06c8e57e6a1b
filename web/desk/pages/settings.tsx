import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type TokenCreate, type Token } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { organizationsQuery, tokensQuery } from '../../kit/api/queries.ts';
import { KillSwitchCard } from '../components/kill-switch-card.tsx';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { OrganizationsCard } from '../components/organizations-card.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { MasterKeyCard, StateCard } from '../components/upkeep-cards.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Dialog, DialogFooter } from '../../kit/ui/dialog.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { pageProblem, rightProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';

export function SettingsPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/settings');
  const tokens = useQuery({ ...tokensQuery, enabled: session !== undefined && mayNot === null });
  const [making, make] = useState(false);
  return (
    <Page title="Settings">
      <Card
        id="tokens"
        title="Tokens"
        actions={
          <Button icon="plus" disabledReason={rightProblem(session, 'token:write')} onClick={() => make(true)}>
            New token
          </Button>
        }
      >
        <p className="mb-3 text-ink-2">A token signs in a person or a program. Its secret is shown once; Plinth keeps only its hash.</p>
        {mayNot && <p className="text-ink-2">{mayNot}</p>}
        {tokens.error && <ProblemNote error={tokens.error} retry={() => void tokens.refetch()} />}
        {tokens.isLoading && <Loading what="tokens" />}
        {tokens.data && (
          <ul className="divide-y divide-line">
            {tokens.data.tokens.map((token) => (
              <TokenLine key={token.id} token={token} />
            ))}
          </ul>
        )}
      </Card>
      {session && mayNot === null && (
        <>
          <OrganizationsCard />
          <KillSwitchCard />
          <MasterKeyCard />
          <StateCard />
        </>
      )}
      <NewToken open={making} onOpenChange={make} />
    </Page>
  );
}

function TokenLine({ token }: { token: Token }) {
  const owner = useQuery(organizationsQuery).data?.find(({ id }) => id === token.organization_id)?.name;
  const [asking, ask] = useState(false);
  const revoke = useAction(() => api.deleteToken({ id: token.id }), { quiet: true, done: () => ask(false) });
  const expired = token.expires_at !== null && new Date(token.expires_at) <= new Date();
  const over = token.revoked_at !== null ? 'It is revoked already.' : null;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
      <div className="min-w-48 flex-1">
        <p className="flex items-center gap-2">
          <span className="font-medium">{token.name}</span>
          <Badge dot={false}>{token.role}</Badge>
          {token.revoked_at ? <Badge tone="bad">Revoked</Badge> : expired ? <Badge tone="warn">Expired</Badge> : null}
        </p>
        <p className="text-ink-2">
          <code className="font-mono text-xs">plinth_{token.prefix.replace(/^plinth_/, '')}…</code> · made <Time at={token.created_at} />
          {token.expires_at && (
            <>
              {' '}
              · {expired ? 'expired' : 'expires'} <Time at={token.expires_at} />
            </>
          )}{' '}
          ·{' '}
          {token.last_used_at ? (
            <>
              last used <Time at={token.last_used_at} />
            </>
          ) : (
            'never used'
          )}
          {token.organization_id && ` · bound to ${owner ?? 'one organization'}`}
        </p>
      </div>
      <Button variant="danger" disabledReason={over} onClick={() => ask(true)}>
        Revoke
      </Button>
      <ConfirmByTyping
        open={asking}
        onOpenChange={ask}
        title={`Revoke ${token.name}`}
        name={token.name}
        action="Revoke the token"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      >
        Whoever uses it is signed out at once. It cannot be brought back.
      </ConfirmByTyping>
    </li>
  );
}

const DAYS = [
  ['', 'Never'],
  ['7', 'In 7 days'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
] as const;

function NewToken({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = (next: boolean): void => {
    setSecret(null);
    onOpenChange(next);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={secret ? 'Keep this secret now' : 'New token'}
      description={secret ? 'It is not shown again. Whoever has it is this token.' : undefined}
    >
      {secret ? (
        <>
          <p className="mt-4">
            <Code what="token">{secret}</Code>
          </p>
          <DialogFooter>
            <Button variant="primary" onClick={() => close(false)}>
              I have kept it
            </Button>
          </DialogFooter>
        </>
      ) : (
        <TokenForm onMade={setSecret} onCancel={() => close(false)} />
      )}
    </Dialog>
  );
}

function TokenForm({ onMade, onCancel }: { onMade: (secret: string) => void; onCancel: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<TokenCreate['role']>('viewer');
  const [organization, setOrganization] = useState('');
  const organizations = useQuery(organizationsQuery).data ?? [];
  const [days, setDays] = useState('90');
  const expiry = days === '' ? {} : { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString() };
  const make = useAction(
    () => api.createToken({ body: { name, role, ...(organization === '' ? {} : { organization_id: organization }), ...expiry } }),
    { quiet: true, done: ({ secret }) => onMade(secret) },
  );
  const reason = name.trim() === '' ? 'Give it a name first.' : null;
  return (
    <DialogForm
      error={make.error}
      fields={['name', 'role', 'organization_id', 'expires_at']}
      missing={reason}
      busy={make.isPending}
      action="Make the token"
      onCancel={onCancel}
      onSubmit={() => make.mutate()}
    >
      <TextField
        label="Name"
        value={name}
        maxLength={100}
        placeholder="Who or what uses it"
        onChange={(event) => setName(event.target.value)}
        error={fieldError(make.error, 'name')}
      />
      <SelectField
        label="Role"
        value={role}
        options={[
          { value: 'viewer', label: 'Viewer: sees everything but secrets' },
          { value: 'operator', label: 'Operator: creates, changes and deletes VPSes' },
          { value: 'admin', label: 'Admin: also accounts, tokens and audit' },
        ]}
        onChange={(event) => setRole(event.target.value as TokenCreate['role'])}
        error={fieldError(make.error, 'role')}
      />
      <SelectField
        label="For"
        value={organization}
        options={[{ value: '', label: 'All organizations' }, ...organizations.map(({ id, name: label }) => ({ value: id, label }))]}
        onChange={(event) => setOrganization(event.target.value)}
        error={fieldError(make.error, 'organization_id')}
        help="Bound to one, it reaches the VPSes of that organization only."
      />
      <SelectField
        label="Expires"
        value={days}
        options={DAYS.map(([value, label]) => ({ value, label }))}
        onChange={(event) => setDays(event.target.value)}
        error={fieldError(make.error, 'expires_at')}
      />
    </DialogForm>
  );
}
