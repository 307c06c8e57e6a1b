import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatAmount, money, parseMoney, parseRate, ratio } from '../../contract/money.ts';
import type { PriceRounding } from '../../contract/product.ts';
import { markUp } from './markup.ts';

const rule = { percent: '35', plus: '0', rounding: 'none', minMarginPercent: '0' } as const;

it('makes a price of a cost in another currency, and tells the margin', () => {
  const made = (rounding: PriceRounding) => markUp(parseMoney('6', 'USD'), parseRate('0.9215'), 'EUR', { ...rule, rounding });
  expect(formatAmount(made('none').price)).toBe('7.46');
  expect(formatAmount(made('up_cent').price)).toBe('7.47');
  expect(formatAmount(made('end_49').price)).toBe('7.49');
  expect([made('end_99').price, made('end_99').margin].map(formatAmount)).toEqual(['7.99', '2.46']);
});

it('does not sell below the least margin', () => {
  const one = ratio(1, 1);
  expect(markUp(parseMoney('10', 'EUR'), one, 'EUR', { ...rule, percent: '10', minMarginPercent: '10' }).sellable).toBe(true);
  expect(markUp(parseMoney('10', 'EUR'), one, 'EUR', { ...rule, percent: '10', minMarginPercent: '10.01' }).sellable).toBe(false);
});

it('never rounds a price down to its end', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 9n }),
      fc.constantFrom('end_99' as const, 'end_49' as const, 'up_cent' as const),
      (cost, rounding) => {
        const cents = money(cost, 'EUR');
        const { price } = markUp(cents, ratio(1, 1), 'EUR', { ...rule, percent: '0', rounding });
        expect(price.amount >= cents.amount).toBe(true);
        if (rounding !== 'up_cent') expect(price.amount % 100n).toBe(rounding === 'end_99' ? 99n : 49n);
      },
    ),
  );
});
