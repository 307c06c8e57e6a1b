/** What a product charges by use, in sentences: said before anything is ordered or kept. */
import type { Product } from '../../kit/api/generated/product.ts';
import { count, money, unitMoney } from '../../kit/lib/format.ts';
import { orderWords } from '../words/order.ts';

export type Meters = Product['meters'];

interface ChargedByUseProps {
  meters: Meters;
  currency: string;
  /** These alone. */
  only?: Meters[number]['meter'];
}

export function ChargedByUse({ meters, currency, only }: ChargedByUseProps) {
  const t = orderWords.use();
  const shown = meters.filter((each) => each.currency === currency && (only === undefined || each.meter === only));
  if (shown.length === 0) return null;
  return (
    <ul className="flex flex-col gap-0.5 text-sm text-ink-2">
      {shown.map(({ meter, unit_price: price, included, cap }) => (
        <li key={meter}>
          {t('byUse', { meter, price: unitMoney(price, currency) })}
          {Number(included) > 0 && ` ${t('included', { meter, amount: count(Number(included)) })}`}
          {cap !== null && ` ${t('atMost', { cap: money(cap, currency) })}`}
        </li>
      ))}
    </ul>
  );
}
