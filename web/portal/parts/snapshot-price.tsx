/** What a kept snapshot of a server costs, where it costs something. */
import { useQuery } from '@tanstack/react-query';
import type { VpsDetail } from '../../kit/api/client.ts';
import { subscriptionQuery, subscriptionsQuery } from '../queries.ts';
import { ChargedByUse } from './meters.tsx';

export function SnapshotPrice({ vps }: { vps: VpsDetail }) {
  const subscription = useQuery(subscriptionsQuery).data?.find((each) => each.vps_id === vps.id);
  const whole = useQuery(subscriptionQuery(subscription?.id ?? '')).data;
  return whole ? <ChargedByUse meters={whole.meters} currency={whole.subscription.currency} only="snapshot" /> : null;
}
