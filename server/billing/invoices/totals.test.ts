import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cents } from '../../../test/support/billing.ts';
import { type CountedLine, totalsOf } from './totals.ts';

const line = (amount: string, more: Partial<CountedLine> = {}, currency = 'EUR'): CountedLine => ({
  kind: 'recurring',
  amount: cents(amount, currency),
  category: 'S',
  percent: '19',
  inclusive: false,
  ...more,
});
const inclusive = { inclusive: true };
const discount = { kind: 'discount' };

test.each([
  [
    'a first period with setup and a coupon',
    [line('29.99'), line('15.00', { kind: 'setup' }), line('-7.50', discount)],
    '44.99',
    '7.50',
    '7.12',
    '44.61',
  ],
  ['its second period', [line('29.99'), line('-7.50', discount)], '29.99', '7.50', '4.27', '26.76'],
  ['its fourth', [line('29.99')], '29.99', '0.00', '5.70', '35.69'],
  ['an inclusive price', [line('19.99', inclusive)], '16.80', '0.00', '3.19', '19.99'],
  ['three of them', [line('59.97', inclusive)], '50.39', '0.00', '9.58', '59.97'],
  ['three of them on a line each', [1, 2, 3].map(() => line('19.99', inclusive)), '50.39', '0.00', '9.58', '59.97'],
  [
    'a coupon that leaves 3.00',
    [line('8.00'), line('5.00'), line('-6.15', discount), line('-3.85', discount)],
    '13.00',
    '10.00',
    '0.57',
    '3.57',
  ],
  ['reverse charge', [line('10.00', { category: 'AE', percent: '0' })], '10.00', '0.00', '0.00', '10.00'],
  ['outside of tax', [line('10.00', { category: 'O', percent: null })], '10.00', '0.00', '0.00', '10.00'],
] as const)('%s', (_name, lines, subtotal, discounted, tax, total) => {
  expect(totalsOf(lines, 'EUR')).toMatchObject({
    subtotal: cents(subtotal),
    discount: cents(discounted),
    tax: cents(tax),
    total: cents(total),
  });
});

test('rates are counted apart, each once over its lines', () => {
  // 0.03 at 7 % is 0.00 a line and 0.01 in all: the tax is that of the sum.
  const lines = [...Array.from({ length: 3 }, () => line('0.03', { percent: '7' })), line('1.00'), line('1.00', { percent: '19.0000' })];
  expect(totalsOf(lines, 'EUR').taxes).toEqual([
    { category: 'S', percent: '7', inclusive: false, base: 9n, amount: 1n },
    { category: 'S', percent: '19', inclusive: false, base: 200n, amount: 38n },
  ]);
});

test('currencies without and with three decimals', () => {
  expect(totalsOf([line('600', {}, 'JPY')], 'JPY')).toMatchObject({ tax: 114n, total: 714n });
  expect(totalsOf([line('1.031', {}, 'KWD')], 'KWD')).toMatchObject({ tax: 196n, total: 1227n });
});

test('whatever the lines: total = lines + exclusive taxes = subtotal − discount + tax, and no tax is off by more than a half', () => {
  const percents = fc.constantFrom('7', '19', '8.1', '23', '0.0001', '25.5');
  const anyLine = fc.record({
    kind: fc.constantFrom('recurring', 'setup', 'discount'),
    amount: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
    category: fc.constant('S' as const),
    percent: percents,
    inclusive: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 30 }), (lines) => {
      const { subtotal, discount: off, tax, total, taxes } = totalsOf(lines, 'EUR');
      const sum = lines.reduce((all, { amount }) => all + amount, 0n);
      const exclusive = taxes.filter((each) => !each.inclusive).reduce((all, { amount }) => all + amount, 0n);
      expect(total).toBe(sum + exclusive);
      expect(total).toBe(subtotal - off + tax);
      for (const group of taxes) {
        const own = lines.filter((each) => each.percent === group.percent && each.inclusive === group.inclusive);
        const gross = own.reduce((all, { amount }) => all + amount, 0n);
        expect(group.inclusive ? group.base + group.amount : group.base).toBe(gross);
        const [whole, fraction = ''] = group.percent.split('.');
        const [p, q] = [BigInt(whole! + fraction), 100n * 10n ** BigInt(fraction.length)];
        const [numerator, denominator] = group.inclusive ? [gross * p, q + p] : [group.base * p, q];
        const difference = group.amount * denominator - numerator;
        expect(2n * (difference < 0n ? -difference : difference) <= denominator).toBe(true);
      }
    }),
  );
});
