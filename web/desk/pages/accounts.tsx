import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Account, AccountList, AvailableProvider } from '../../kit/api/client.ts';
import { accountsQuery } from '../../kit/api/queries.ts';
import { AccountMenu } from '../components/account-menu.tsx';
import { AddAccount } from '../components/add-account.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge, SimulatedBadge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { VpsPlansCard } from '../shop/vps-plans.tsx';
import { pageProblem, rightProblem } from '../lib/abilities.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { accountTone, sentenceCase } from '../../kit/lib/words.ts';

export function AccountsPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/admin');
  const accounts = useQuery({ ...accountsQuery, enabled: session !== undefined && mayNot === null });
  const [adding, add] = useState(false);
  return (
    <Page
      title="Accounts"
      lead="An account is one key at one provider. Keys go in and never come out."
      actions={
        <Button variant="primary" icon="plus" disabledReason={rightProblem(session, 'account:create')} onClick={() => add(true)}>
          Add an account
        </Button>
      }
    >
      <Card id="providers" title="Provider accounts" className="scroll-mt-16">
        {mayNot && <p className="text-ink-2">{mayNot}</p>}
        {accounts.error && <ProblemNote error={accounts.error} retry={() => void accounts.refetch()} />}
        {accounts.isLoading && <Loading what="accounts" />}
        {accounts.data && <AccountRows list={accounts.data} onAdd={() => add(true)} />}
      </Card>
      {accounts.data && <AddAccount open={adding} onOpenChange={add} available={accounts.data.available} />}
      {accounts.data && <VpsPlansCard accounts={accounts.data.providers} />}
    </Page>
  );
}

function AccountRows({ list, onAdd }: { list: AccountList; onAdd: () => void }) {
  if (list.providers.length === 0)
    return (
      <Empty
        icon="key"
        title="No account yet"
        action={
          <Button icon="plus" onClick={onAdd}>
            Add an account
          </Button>
        }
      >
        Make an API key at the provider and paste it here. Plinth tries it there before it keeps it, encrypted.
      </Empty>
    );
  return (
    <ul className="divide-y divide-line">
      {list.providers.map((account) => (
        <AccountRow key={account.id} account={account} provider={list.available.find(({ type }) => type === account.type)} />
      ))}
    </ul>
  );
}

function AccountRow({ account, provider }: { account: Account; provider: AvailableProvider | undefined }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <Link to="/admin/providers/$id" params={{ id: account.id }} className="font-medium underline-offset-2 hover:underline">
            {account.name}
          </Link>
          {account.simulated && <SimulatedBadge />}
        </p>
        <p className="text-ink-2">
          {provider?.name ?? account.type} · {provider?.roles.join(' and ') || 'no role'} · key{' '}
          {account.key_last4 ? `…${account.key_last4}` : account.key_fingerprint} (version {account.key_version})
        </p>
        {account.check_message && <p className="text-bad">{account.check_message}</p>}
      </div>
      <Badge tone={accountTone(account.status)}>{sentenceCase(account.status)}</Badge>
      <span className="text-xs text-ink-2 sm:w-36 sm:text-right">
        {account.last_checked_at ? (
          <>
            checked <Time at={account.last_checked_at} />
          </>
        ) : (
          'not checked yet'
        )}
      </span>
      {provider && <AccountMenu account={account} provider={provider} />}
    </li>
  );
}
