/** What can be done with one customer: the same on its page and in lists. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Organization } from '../../kit/api/client.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { May } from '../../kit/parts/may.tsx';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { MenuItem, MenuLabel, MenuSeparator } from '../../kit/ui/menu.tsx';
import { BillingDialog, OrganizationDialog } from './billing-dialogs.tsx';
import { ActAsDialog, BlockDialog, CreditDialog } from './customer-dialogs.tsx';
import { customerQuery } from './queries.ts';

export type CustomerQuestion = 'act' | 'credit' | 'block' | 'edit' | 'billing';
export type CustomerData = Awaited<ReturnType<NonNullable<ReturnType<typeof customerQuery>['queryFn']>>>;
type Named = Pick<Organization, 'id' | 'name' | 'display_name'>;

export const nameOf = ({ name, display_name: shown }: Pick<Named, 'name' | 'display_name'>): string => shown ?? name;

/** What happens without a question. */
export function useCustomerCalls({ organization: { id }, buyer }: CustomerData) {
  return {
    buys: useAction(() => api.setOrganizationBuyer({ id, body: { internal: !buyer.internal } })),
    unblock: useAction(() => api.unblockOrganization({ id })),
  };
}

export function CustomerDialog({ data, what, onClose }: { data: CustomerData; what: CustomerQuestion; onClose: () => void }) {
  const { organization, profile } = data;
  const of = { organizationId: organization.id, onClose };
  switch (what) {
    case 'act':
      return <ActAsDialog {...of} name={nameOf(organization)} />;
    case 'credit':
      return <CreditDialog {...of} currency={profile.currency} />;
    case 'edit':
      return <OrganizationDialog organization={organization} onClose={onClose} />;
    case 'billing':
      return <BillingDialog profile={profile} onClose={onClose} />;
    case 'block':
      return <BlockDialog {...of} name={nameOf(organization)} />;
  }
}

/** Of a row; what is known of the customer is asked when the menu opens. */
export function CustomerMenu({ customer }: { customer: Named }) {
  const [asked, ask] = useState<{ data: CustomerData; what: CustomerQuestion } | null>(null);
  return (
    <>
      <RowMenu name={nameOf(customer)}>
        <OpenItem to={`/customers/${customer.id}`} />
        <CopyItem text={customer.id} what="id" />
        <MenuSeparator />
        <Items id={customer.id} onAsk={ask} />
      </RowMenu>
      {asked && <CustomerDialog {...asked} onClose={() => ask(null)} />}
    </>
  );
}

type OnAsk = (asked: { data: CustomerData; what: CustomerQuestion }) => void;

function Items({ id, onAsk }: { id: string; onAsk: OnAsk }) {
  const customer = useQuery(customerQuery(id, useMay()));
  if (customer.data) return <Doable data={customer.data} onAsk={onAsk} />;
  return <MenuLabel>{customer.error ? asApiError(customer.error).message : 'Asking what can be done…'}</MenuLabel>;
}

function Doable({ data, onAsk }: { data: CustomerData; onAsk: OnAsk }) {
  const { buys, unblock } = useCustomerCalls(data);
  const ask = (what: CustomerQuestion) => () => onAsk({ data, what });
  return (
    <>
      <May call="actAsCustomer">
        <MenuItem onSelect={ask('act')}>Act as this customer…</MenuItem>
      </May>
      <May call="changeOwnOrganization">
        <MenuItem onSelect={ask('edit')}>Edit…</MenuItem>
      </May>
      <May call="changeBillingProfile">
        <MenuItem onSelect={ask('billing')}>Billing…</MenuItem>
      </May>
      <May call="changeCredit">
        <MenuItem onSelect={ask('credit')}>Give or take credit…</MenuItem>
      </May>
      <May call="setOrganizationBuyer">
        <MenuItem onSelect={() => buys.mutate()}>{data.buyer.internal ? 'Let it buy' : 'Let it create'}</MenuItem>
      </May>
      {data.organization.status === 'blocked' ? (
        <May call="unblockOrganization">
          <MenuItem onSelect={() => unblock.mutate()}>Unblock</MenuItem>
        </May>
      ) : (
        <May call="blockOrganization">
          <MenuItem danger onSelect={ask('block')}>
            Block…
          </MenuItem>
        </May>
      )}
    </>
  );
}
