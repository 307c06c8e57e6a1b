/** Choices as cards and chips: radio buttons underneath, so that keyboard and screen readers know them. */
import { useId } from 'react';
import { cn } from '../../kit/lib/cn.ts';
import { money } from '../../kit/lib/format.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import type { Product } from '../queries.ts';
import { orderWords } from '../words/order.ts';
import { type Interval, pricesOf } from './order-form.ts';

interface ProductPickProps {
  products: readonly Product[];
  currency: string | undefined;
  interval: Interval;
  chosen: string;
  onChoose: (id: string) => void;
}

const CARD =
  'relative flex cursor-pointer flex-col gap-1.5 rounded-lg border border-line bg-surface p-4 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent';

export function ProductPick({ products, currency, interval, chosen, onChoose }: ProductPickProps) {
  const t = orderWords.use();
  const name = useId();
  return (
    <fieldset>
      <legend className="sr-only">{t('size')}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {products.map((product) => {
          const prices = pricesOf(product, currency, new Date());
          const price = prices.find((each) => each.interval === interval) ?? prices[0];
          const off = !product.available || !price;
          return (
            <label key={product.id} className={cn(CARD, off && 'cursor-not-allowed bg-raised text-ink-2')}>
              <span className="flex items-start justify-between gap-2">
                <span className="font-semibold">
                  <input
                    type="radio"
                    name={name}
                    value={product.id}
                    checked={chosen === product.id}
                    disabled={off}
                    onChange={() => onChoose(product.id)}
                    className="sr-only"
                  />
                  {product.name}
                </span>
                {off ? <Badge dot={false}>{t('soldOut')}</Badge> : product.recommended && <Badge tone="good">{t('recommended')}</Badge>}
              </span>
              {product.description !== '' && <span className="text-sm text-ink-2">{product.description}</span>}
              {product.features.length > 0 && (
                <ul className="flex flex-col gap-0.5 text-sm text-ink-2">
                  {product.features.map((feature) => (
                    <li key={feature} className="flex items-start gap-1.5">
                      <Icon name="check" className="mt-0.5 text-good" />
                      {feature}
                    </li>
                  ))}
                </ul>
              )}
              {price && (
                <span className="mt-auto pt-1">
                  <span className="text-lg font-semibold">{money(price.amount, price.currency)}</span>{' '}
                  <span className="text-sm text-ink-2">{t('per', { interval: price.interval })}</span>
                </span>
              )}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

interface PickProps {
  name: string;
  legend: string;
  hideLegend?: boolean;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChange: (value: string) => void;
}

/** Few choices stand side by side; many are the browser's own list. */
export function Pick({ name, legend, hideLegend = false, value, options, onChange }: PickProps) {
  if (options.length > 12)
    return (
      <select
        aria-label={legend}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="min-h-11 w-full rounded-md border border-line-strong bg-surface px-3 text-ink"
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    );
  return (
    <fieldset>
      <legend className={hideLegend ? 'sr-only' : 'mb-2 font-medium'}>{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map(([each, text]) => (
          <label
            key={each}
            className="relative flex min-h-11 cursor-pointer items-center rounded-md border border-line bg-surface px-3.5 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input type="radio" name={name} value={each} checked={value === each} onChange={() => onChange(each)} className="sr-only" />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
