/** One customer: servers, subscriptions, money, people, and acting in their name. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { StatusBadge } from '../../features/vps/vps-state.tsx';
import { money } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { May } from '../../kit/parts/may.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { type CustomerData, CustomerDialog, type CustomerQuestion, nameOf, useCustomerCalls } from '../shop/customer-menu.tsx';
import { SshKeysCard } from '../shop/ssh-keys-card.tsx';
import { InvoiceRows, OrderRows, PaymentRows, SubscriptionRows } from '../shop/rows.tsx';
import {
  customerQuery,
  customersVpsesQuery,
  invoiceListQuery,
  orderListQuery,
  paymentListQuery,
  subscriptionListQuery,
} from '../shop/queries.ts';

export function CustomerPage() {
  const { id } = useParams({ from: '/app/selling/customers/$id' });
  const may = useMay();
  const customer = useQuery(customerQuery(id, may));
  const [dialog, open] = useState<CustomerQuestion | null>(null);
  const of = { organization: id };
  const [orders, subscriptions, invoices, payments] = [
    useInfiniteQuery(orderListQuery(of)),
    useInfiniteQuery(subscriptionListQuery(of)),
    useInfiniteQuery(invoiceListQuery(of)),
    useInfiniteQuery(paymentListQuery(of)),
  ];
  const data = customer.data;
  const name = data ? nameOf(data.organization) : 'Customer';
  return (
    <Page
      title={name}
      above={<Crumb to="/customers" />}
      lead={
        data && (
          <span className="flex flex-wrap items-center gap-2">
            <Badge tone={data.organization.status === 'active' ? 'good' : 'warn'}>{sentenceCase(data.organization.status)}</Badge>
            <Badge dot={false}>{data.buyer.internal ? 'Creates servers itself' : 'Buys its servers'}</Badge>
            {data.organization.status_reason}
          </span>
        )
      }
      actions={data && <Actions data={data} onOpen={open} />}
    >
      {customer.error && <ProblemNote error={customer.error} retry={() => void customer.refetch()} />}
      {customer.isPending && <Loading what="the customer" />}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Servers id={id} />
        {data && <Money data={data} onEdit={() => open('billing')} />}
      </div>
      <Card title="Subscriptions">
        <SubscriptionRows list={subscriptions} />
      </Card>
      <Card title="Orders">
        <OrderRows list={orders} />
      </Card>
      <Card title="Invoices">
        <InvoiceRows list={invoices} />
      </Card>
      <Card title="Payments">
        <PaymentRows list={payments} />
      </Card>
      {data && <People data={data} />}
      <SshKeysCard organizationId={id} />
      {dialog && data && <CustomerDialog data={data} what={dialog} onClose={() => open(null)} />}
    </Page>
  );
}

function Actions({ data, onOpen: open }: { data: CustomerData; onOpen: (what: CustomerQuestion) => void }) {
  const { buys, unblock } = useCustomerCalls(data);
  return (
    <>
      <May call="actAsCustomer">
        <Button icon="user" onClick={() => open('act')}>
          Act as this customer
        </Button>
      </May>
      <May call="changeOwnOrganization">
        <Button onClick={() => open('edit')}>Edit</Button>
      </May>
      <May call="changeCredit">
        <Button onClick={() => open('credit')}>Give or take credit</Button>
      </May>
      <May call="setOrganizationBuyer">
        <Button busy={buys.isPending} onClick={() => buys.mutate()}>
          {data.buyer.internal ? 'Let it buy' : 'Let it create'}
        </Button>
      </May>
      {data.organization.status === 'blocked' ? (
        <May call="unblockOrganization">
          <Button busy={unblock.isPending} onClick={() => unblock.mutate()}>
            Unblock
          </Button>
        </May>
      ) : (
        <May call="blockOrganization">
          <Button variant="danger" onClick={() => open('block')}>
            Block
          </Button>
        </May>
      )}
    </>
  );
}

function Servers({ id }: { id: string }) {
  const list = useQuery(customersVpsesQuery(id));
  return (
    <Card title="Servers">
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.data?.length === 0 && <p className="text-ink-2">None.</p>}
      <ul className="divide-y divide-line">
        {list.data?.map((vps) => (
          <li key={vps.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <Link to="/vps/$id" params={{ id: vps.id }} className="min-w-0 flex-1 font-medium break-all underline-offset-2 hover:underline">
              {vps.label}
            </Link>
            <span className="font-mono text-xs text-ink-2">{vps.ipv4}</span>
            <StatusBadge vps={vps} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Money({ data: { profile, credit, quotas }, onEdit }: { data: CustomerData; onEdit: () => void }) {
  return (
    <Card
      title="Billing"
      actions={
        <May call="changeBillingProfile">
          <Button onClick={onEdit}>Change</Button>
        </May>
      }
    >
      <Facts
        items={[
          ['Billed to', profile.name],
          ['Address', [...profile.address, profile.country].join(', ')],
          ['Tax id', profile.tax_id && `${profile.tax_id}${profile.tax_id_valid ? ' (checked)' : ' (not checked)'}`],
          ['Taxes', profile.tax_exempt ? 'pays none' : 'as its country has them'],
          ['Currency', profile.currency],
          ['Time zone', profile.time_zone],
          ['Credit', credit.balances.map((each) => money(each.amount, each.currency)).join(', ') || 'none'],
          ['Limits', quotas.map(({ kind, most, used }) => `${sentenceCase(kind)} ${used}${most === null ? '' : ` of ${most}`}`).join(', ')],
        ]}
      />
    </Card>
  );
}

function People({ data: { members } }: { data: CustomerData }) {
  return (
    <Card title="People">
      {members.length === 0 && <p className="text-ink-2">Nobody; its tokens act for it.</p>}
      <ul className="divide-y divide-line">
        {members.map((each) => (
          <li key={each.user_id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span className="min-w-0 flex-1">
              <span className="font-medium">{each.name}</span> <span className="break-all text-ink-2">{each.email}</span>
            </span>
            <Badge dot={false}>{each.role}</Badge>
            <span className="text-ink-2">{each.second_factor ? 'second factor on' : 'no second factor'}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
