/** What a kept snapshot of a server costs, where it costs something. */
import { useQuery } from '@tanstack/react-query';
import type { VpsDetail } from '../../kit/api/client.ts';
import { productQuery, subscriptionsQuery } from '../queries.ts';
import { ChargedByUse } from './meters.tsx';

export function SnapshotPrice({ vps }: { vps: VpsDetail }) {
  const subscription = useQuery(subscriptionsQuery).data?.find((each) => each.vps_id === vps.id);
  const product = useQuery(productQuery(subscription?.product_id ?? '')).data;
  if (!subscription || !product) return null;
  return <ChargedByUse meters={product.meters} currency={subscription.currency} only="snapshot" />;
}
