/** Codes that take something off: what, for whom, how often, and who may still use them. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Coupon } from '../../kit/api/client.ts';
import { dayOf, money, plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { CopyItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { NewCouponDialog } from '../shop/coupon-dialog.tsx';
import { Listing } from '../shop/listing.tsx';
import { couponListQuery, productListQuery } from '../shop/queries.ts';

const HEAD = ['Code', 'Takes off', 'For', 'How long', 'Used', 'State'] as const;

export function CouponsPage() {
  const list = useInfiniteQuery(couponListQuery);
  const [making, make] = useState(false);
  const [ending, end] = useState<Coupon | null>(null);
  return (
    <Page
      title="Coupons"
      lead="Codes that customers type when they order. Who has used one keeps it when it ends."
      actions={
        <May call="createCoupon">
          <Button variant="primary" icon="plus" onClick={() => make(true)}>
            New coupon
          </Button>
        </May>
      }
    >
      <Card title="Coupons">
        <Listing
          label="Coupons"
          head={HEAD}
          list={list}
          rowsOf={({ coupons }) => coupons}
          keyOf={({ id }) => id}
          row={(coupon) => <Row coupon={coupon} />}
          menu={(coupon) => (
            <RowMenu name={coupon.code}>
              <CopyItem text={coupon.code} what="code" />
              <CopyItem text={coupon.id} what="id" />
              <May call="endCoupon">
                <MenuItem danger disabledReason={stateOf(coupon) && 'Nobody can use it any more.'} onSelect={() => end(coupon)}>
                  End it…
                </MenuItem>
              </May>
            </RowMenu>
          )}
          empty="No coupon."
        />
      </Card>
      {making && <NewCouponDialog onClose={() => make(false)} />}
      {ending && <EndDialog coupon={ending} onClose={() => end(null)} />}
    </Page>
  );
}

const APPLIES = { recurring: 'the price of each period', setup: 'the set-up fee', all: 'the whole order' } as const;

function Row({ coupon }: { coupon: Coupon }) {
  const ended = stateOf(coupon) !== null;
  return (
    <>
      <td>
        <code className="font-mono font-medium">{coupon.code}</code>
      </td>
      <td>
        <span className="font-medium tabular-nums">
          {coupon.percent === null ? money(coupon.amount, coupon.currency ?? '') : `${Number(coupon.percent)} %`}
        </span>
        <span className="block text-xs text-ink-2">of {APPLIES[coupon.applies]}</span>
      </td>
      <td>
        <Products ids={coupon.product_ids} />
        {coupon.new_customers_only && <span className="block text-xs text-ink-2">new customers only</span>}
      </td>
      <td>{coupon.periods === null ? 'as long as it runs' : plural(coupon.periods, 'period')}</td>
      <td className="tabular-nums">
        {coupon.redeemed}
        {coupon.max_redemptions === null ? '' : ` of ${coupon.max_redemptions}`}
        {coupon.per_organization !== null && <span className="block text-xs text-ink-2">{coupon.per_organization} for each customer</span>}
      </td>
      <td>
        <Badge tone={ended ? 'quiet' : 'good'}>{stateOf(coupon) ?? 'Can be used'}</Badge>
        {!ended && coupon.valid_to !== null && <span className="block text-xs text-ink-2">until {dayOf(new Date(coupon.valid_to))}</span>}
      </td>
    </>
  );
}

/** Why nobody can use it, or null. */
function stateOf({ disabled_at: off, valid_to: end, max_redemptions: most, redeemed }: Coupon): string | null {
  if (off !== null) return 'Ended';
  if (end !== null && new Date(end) <= new Date()) return 'Over';
  return most !== null && redeemed >= most ? 'Used up' : null;
}

function Products({ ids }: { ids: readonly string[] }) {
  const products = useQuery(productListQuery).data;
  if (ids.length === 0) return 'all products';
  return ids.map((id) => products?.find((each) => each.id === id)?.name ?? id.slice(0, 8)).join(', ');
}

function EndDialog({ coupon, onClose }: { coupon: Coupon; onClose: () => void }) {
  const end = useAction(() => api.endCoupon({ id: coupon.id }), { quiet: true, done: onClose });
  return (
    <ConfirmByTyping
      open
      onOpenChange={onClose}
      title={`End ${coupon.code}`}
      name={coupon.code}
      action="End it"
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate(undefined)}
    >
      Nobody can use it any more, and it cannot be begun again. Who has it keeps what it takes off.
    </ConfirmByTyping>
  );
}
