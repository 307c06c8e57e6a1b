/** Orders, and what runs of them: subscriptions. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Page } from '../../kit/parts/page.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { sentenceCase } from '../../kit/lib/words.ts';
import { orderListQuery, subscriptionListQuery } from '../shop/queries.ts';
import { OrderRows, SubscriptionRows } from '../shop/rows.tsx';

const ORDERS = ['review', 'placed', 'paid', 'provisioning', 'fulfilled', 'failed', 'expired', 'cancelled'];
const SUBSCRIPTIONS = ['pending', 'active', 'past_due', 'suspended', 'cancelling', 'terminating', 'ended'];
const options = (words: readonly string[]) => words.map((word) => [word, sentenceCase(word)] as const);

export function OrdersPage() {
  const [status, choose] = useState<string | undefined>();
  const list = useInfiniteQuery(orderListQuery({ status }));
  return (
    <Page title="Orders" lead="What customers bought. A paid one makes its servers by itself; a failed one waits for a person.">
      <Choice label="State" value={status} options={options(ORDERS)} onChange={choose} />
      <Card title="Orders">
        <OrderRows list={list} />
      </Card>
    </Page>
  );
}

export function SubscriptionsPage() {
  const [status, choose] = useState<string | undefined>();
  const list = useInfiniteQuery(subscriptionListQuery({ status }));
  return (
    <Page title="Subscriptions" lead="What runs, until when it is paid, and what happens next.">
      <Choice label="State" value={status} options={options(SUBSCRIPTIONS)} onChange={choose} />
      <Card title="Subscriptions">
        <SubscriptionRows list={list} />
      </Card>
    </Page>
  );
}
