import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Account, AvailableProvider } from '../../kit/api/client.ts';
import { accountsQuery } from '../../kit/api/queries.ts';
import { AccountUsageCard } from '../components/account-usage.tsx';
import { AccountDialog, type AccountQuestion, useCheck } from '../components/account-menu.tsx';
import { AccountCatalog, CATALOGS } from '../components/account-catalog.tsx';
import { May } from '../../kit/parts/may.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge, SimulatedBadge } from '../../kit/ui/badge.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { pageProblem } from '../lib/abilities.ts';
import { cn } from '../../kit/lib/cn.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { accountTone, sentenceCase } from '../../kit/lib/words.ts';

export function AccountPage() {
  const { id } = useParams({ from: '/app/admin/providers/$id' });
  const session = useSession();
  const mayNot = pageProblem(session, '/admin');
  const list = useQuery({ ...accountsQuery, enabled: session !== undefined && mayNot === null });
  const account = list.data?.providers.find((each) => each.id === id);
  const provider = list.data?.available.find(({ type }) => type === account?.type);
  if (mayNot)
    return (
      <Page title="Account">
        <p className="text-ink-2">{mayNot}</p>
      </Page>
    );
  if (list.error)
    return (
      <Page title="Account">
        <ProblemNote error={list.error} retry={() => void list.refetch()} />
      </Page>
    );
  if (!list.data)
    return (
      <Page title="Account">
        <Loading what="the account" />
      </Page>
    );
  if (!account || !provider)
    return (
      <Page title="Account">
        <Empty
          icon="key"
          title="No such account"
          action={
            <Link to="/admin" hash="providers" className={buttonClass()}>
              All accounts
            </Link>
          }
        >
          It may have been removed.
        </Empty>
      </Page>
    );
  return <Shown account={account} provider={provider} />;
}

function Shown({ account, provider }: { account: Account; provider: AvailableProvider }) {
  const compute = provider.roles.includes('compute');
  return (
    <Page
      title={account.name}
      above={<Crumb to="/admin" />}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={accountTone(account.status)}>{sentenceCase(account.status)}</Badge>
          {account.simulated && <SimulatedBadge />}
          {provider.name}
        </span>
      }
      actions={<Actions account={account} provider={provider} compute={compute} />}
    >
      {account.check_message && (
        <p role="status" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
          <span className="font-medium text-bad">The provider said:</span> {account.check_message}
        </p>
      )}
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          <AccountUsageCard account={account} />
          <Card title="About">
            <Facts
              items={[
                ['Checked', account.last_checked_at ? <Time key="checked" at={account.last_checked_at} /> : 'not yet'],
                ['Key', `${account.key_last4 && `…${account.key_last4}, `}version ${account.key_version}`],
                [
                  'Fingerprint',
                  <code key="print" className="font-mono text-xs">
                    {account.key_fingerprint}
                  </code>,
                ],
                ['Where', account.simulated ? 'the simulator' : 'the real provider'],
                ['Added', <Time key="added" at={account.created_at} />],
                [
                  'Id',
                  <Code key="id" what="account id">
                    {account.id}
                  </Code>,
                ],
                ...Object.entries(account.configuration).map(([name, value]) => [sentenceCase(name), text(value)] as const),
              ]}
            />
          </Card>
        </div>
        <Catalogs account={account} kinds={CATALOGS.filter((each) => (each.id === 'zones' ? provider.roles.includes('dns') : compute))} />
      </div>
    </Page>
  );
}

function text(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? 'any' : value.join(', ');
  if (value === '' || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function Actions({ account, provider, compute }: { account: Account; provider: AvailableProvider; compute: boolean }) {
  const [asked, ask] = useState<AccountQuestion | null>(null);
  const check = useCheck(account);
  return (
    <>
      {compute && (
        <May call="createVps">
          <Link to="/vps/new" search={{ account: account.id }} className={buttonClass('primary')}>
            <Icon name="plus" /> Create a VPS here
          </Link>
        </May>
      )}
      <May call="checkAccount">
        <Button icon="check" busy={check.isPending} onClick={() => check.mutate()}>
          Check now
        </Button>
      </May>
      <May call="rotateAccountKey">
        <Button icon="key" onClick={() => ask('rotate')}>
          Rotate key
        </Button>
      </May>
      <May call="deleteAccount">
        <Button icon="trash" variant="danger" onClick={() => ask('remove')}>
          Remove
        </Button>
      </May>
      {asked && <AccountDialog account={account} provider={provider} what={asked} onClose={() => ask(null)} />}
    </>
  );
}

function Catalogs({ account, kinds }: { account: Account; kinds: typeof CATALOGS }) {
  const { show } = useSearch({ from: '/app/admin/providers/$id' });
  const navigate = useNavigate({ from: '/admin/providers/$id' });
  const open = kinds.find(({ id }) => id === show) ?? kinds[0];
  if (!open) return null;
  return (
    <Card
      title="What it offers"
      actions={
        <div role="group" aria-label="Show" className="flex flex-wrap gap-1">
          {kinds.map((each) => (
            <button
              key={each.id}
              type="button"
              aria-pressed={each.id === open.id}
              onClick={() => void navigate({ search: { show: each.id }, replace: true })}
              className={cn(
                'min-h-8 rounded-md px-2.5',
                each.id === open.id ? 'bg-accent-soft font-medium text-accent' : 'text-ink-2 hover:bg-raised',
              )}
            >
              {each.title}
            </button>
          ))}
        </div>
      }
    >
      <AccountCatalog account={account} kind={open.id} />
    </Card>
  );
}
