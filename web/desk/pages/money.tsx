/** Invoices, payments and what is not paid. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { dayOf, money } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { Customer } from '../shop/listing.tsx';
import {
  disputesQuery,
  invoiceListQuery,
  paymentAccountsQuery,
  paymentListQuery,
  refundListQuery,
  type Subscription,
  subscriptionListQuery,
} from '../shop/queries.ts';
import { MoneyMenu, SubscriptionMenu } from '../shop/row-menus.tsx';
import { InvoiceRows, PaymentRows, RefundRows } from '../shop/rows.tsx';

const STATES = ['draft', 'open', 'paid', 'void', 'uncollectible'].map((word) => [word, sentenceCase(word)] as const);

export function InvoicesPage() {
  const [status, choose] = useState<string | undefined>();
  const list = useInfiniteQuery(invoiceListQuery({ status }));
  return (
    <Page title="Invoices" lead="Numbers without a gap. Of an issued one nothing changes; corrections are credit notes.">
      <Choice label="State" value={status} options={STATES} onChange={choose} />
      <Card title="Invoices">
        <InvoiceRows list={list} />
      </Card>
    </Page>
  );
}

export function PaymentsPage() {
  const payments = useInfiniteQuery(paymentListQuery({}));
  const refunds = useInfiniteQuery(refundListQuery({}));
  const may = useMay();
  return (
    <Page title="Payments" lead="What came, what went back, and where it is taken.">
      <Card title="Payments">
        <PaymentRows list={payments} />
      </Card>
      <Card title="Refunds">
        <RefundRows list={refunds} />
      </Card>
      <Disputes />
      {may('payment-account:read') && <Accounts />}
    </Page>
  );
}

function Disputes() {
  const disputes = useQuery(disputesQuery);
  return (
    <Card title="Disputes">
      {disputes.error && <ProblemNote error={disputes.error} retry={() => void disputes.refetch()} />}
      {disputes.data?.length === 0 && <p className="text-ink-2">None.</p>}
      <ul className="divide-y divide-line">
        {disputes.data?.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <Badge tone={each.status === 'won' ? 'good' : 'bad'}>{sentenceCase(each.status)}</Badge>
            <Customer id={each.organization_id} />
            <span className="min-w-0 flex-1">{each.reason}</span>
            <span className="tabular-nums">{money(each.amount, each.currency)}</span>
            <Time at={each.opened_at} />
            <MoneyMenu name={`the dispute about ${money(each.amount, each.currency)}`} of={each} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Accounts() {
  const accounts = useQuery(paymentAccountsQuery);
  const change = useAction(({ provider, enabled }: { provider: string; enabled: boolean }) =>
    api.changePaymentAccount({ provider, body: { enabled } }),
  );
  return (
    <Card title="Where money is taken">
      {accounts.error && <ProblemNote error={accounts.error} retry={() => void accounts.refetch()} />}
      {accounts.data?.length === 0 && <p className="text-ink-2">Nowhere yet: `plinth payment-account set stripe --key-file …`.</p>}
      <ul className="divide-y divide-line">
        {accounts.data?.map((each) => (
          <li key={each.provider} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span className="min-w-0 flex-1 font-medium">
              {each.name} {each.account && <span className="text-xs text-ink-2">{each.account}</span>}
            </span>
            <Badge dot={false}>{each.endpoint === 'simulator' ? 'simulated' : each.mode}</Badge>
            <span className="text-ink-2">
              last event {each.last_event_at ? <Time at={each.last_event_at} /> : 'never'}
              {Object.entries(each.events).map(([word, n]) => `, ${n} ${word}`)}
            </span>
            <Badge tone={each.enabled ? 'good' : 'quiet'}>{each.enabled ? 'On' : 'Off'}</Badge>
            <May call="changePaymentAccount">
              <Button busy={change.isPending} onClick={() => change.mutate({ provider: each.provider, enabled: !each.enabled })}>
                {each.enabled ? 'Switch off' : 'Switch on'}
              </Button>
            </May>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const STAGES = [
  ['past_due', 'Unpaid, running'],
  ['suspended', 'Switched off'],
  ['terminating', 'About to end'],
] as const;

/** Who does not pay, by how far that has come; what happens next stands at each, with the day of the next harm. */
export function DunningPage() {
  const overdue = useInfiniteQuery(invoiceListQuery({ overdue: true }));
  return (
    <Page title="Unpaid" lead="What is not paid, and what happens to it by itself. A hold on the invoice stops that.">
      <div className="grid items-start gap-4 lg:grid-cols-3">
        {STAGES.map(([status, title]) => (
          <Stage key={status} status={status} title={title} />
        ))}
      </div>
      <Card title="Overdue invoices">
        <InvoiceRows list={overdue} />
      </Card>
    </Page>
  );
}

function Stage({ status, title }: { status: Subscription['status']; title: string }) {
  const list = useInfiniteQuery(subscriptionListQuery({ status }));
  const rows = list.data?.pages.flatMap((page) => page.subscriptions).filter((each) => each.renewal_invoice_id !== null) ?? [];
  return (
    <Card title={`${title} (${rows.length}${list.hasNextPage ? '+' : ''})`}>
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <p className="text-ink-2">None.</p>}
      <ul className="flex flex-col gap-3">
        {rows.map((each) => (
          <li key={each.id} className="rounded-md border border-line p-3">
            <p className="flex flex-wrap items-center justify-between gap-2">
              <Customer id={each.organization_id} />
              <span className="ml-auto font-medium tabular-nums">{money(each.amount, each.currency)}</span>
              <SubscriptionMenu subscription={each} />
            </p>
            <p className="text-ink-2">{each.product_name}</p>
            {each.deadline && (
              <p className="text-bad">
                {status === 'past_due' ? 'Switched off' : 'Deleted'} on {dayOf(new Date(each.deadline))}
              </p>
            )}
            {each.next && (
              <p className="text-xs text-ink-2">
                Next: {sentenceCase(each.next.event)}, <Time at={each.next.at} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
