import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  allocate,
  amountOf,
  compare,
  exponentOf,
  formatAmount,
  formatDifference,
  money,
  MoneyError,
  multiply,
  negate,
  parseMoney,
  parseRate,
  percent,
  ratio,
  rateOf,
  subtract,
  sum,
  times,
} from './money.ts';

const amounts = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'CLF');
const eur = (text: string) => parseMoney(text, 'EUR');

test.each([
  ['EUR', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['IQD', 3],
  ['UGX', 0],
  ['CLF', 4],
])('%s has %i digits after the point', (currency, digits) => expect(exponentOf(currency)).toBe(digits));

test('what is written is read back, with exactly the digits of the currency', () => {
  fc.assert(
    fc.property(amounts, currencies, (amount, currency) => {
      const text = formatAmount({ amount, currency });
      expect(parseMoney(text, currency)).toEqual({ amount, currency });
      expect(text.split('.')[1]?.length ?? 0).toBe(exponentOf(currency));
    }),
  );
  expect([formatAmount(money(-5n, 'EUR')), formatAmount(money(1500n, 'JPY')), formatAmount(money(4750n, 'KWD'))]).toEqual([
    '-0.05',
    '1500',
    '4.750',
  ]);
  expect([formatDifference(eur('1')), formatDifference(eur('-0.50')), formatDifference(eur('0'))]).toEqual(['+1.00', '-0.50', '+0.00']);
});

test.each([
  ['12.345', 'EUR'],
  ['1.5', 'JPY'],
  ['1e3', 'EUR'],
  ['', 'EUR'],
  ['1,50', 'EUR'],
  ['0x10', 'EUR'],
  ['1', 'euro'],
  ['NaN', 'EUR'],
])('"%s" %s is no amount', (text, currency) => expect(() => parseMoney(text, currency)).toThrow(MoneyError));

test('amounts of two currencies are never counted together', () => {
  for (const act of [add, subtract, compare]) expect(() => act(eur('1'), money(1n, 'USD'))).toThrow(/USD.*EUR/);
  expect(() => sum([money(1n, 'JPY')], 'EUR')).toThrow(MoneyError);
});

test('a product is rounded once, half away from zero', () => {
  expect(times(money(1n, 'EUR'), ratio(1, 2)).amount).toBe(1n);
  expect(times(money(-1n, 'EUR'), ratio(1, 2)).amount).toBe(-1n);
  // 1.005 and 8.115 come out wrong in binary fractions.
  expect(amountOf(parseRate('1.005'), 'EUR').amount).toBe(101n);
  expect(amountOf(parseRate('8.115'), 'EUR').amount).toBe(812n);
  // An hourly price of five digits over a month of 672 hours: 6.00096.
  expect(formatAmount(amountOf(multiply(parseRate('0.00893'), ratio(672, 1)), 'USD'))).toBe('6.00');
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: -999n, max: 999n }), fc.bigInt({ min: 1n, max: 999n }), (amount, over, under) => {
      const exact = amount * over;
      const got = times({ amount, currency: 'EUR' }, ratio(over, under)).amount;
      const off = got * under - exact;
      // Never further away than a half, and a half only away from zero.
      expect(2n * (off < 0n ? -off : off) <= under).toBe(true);
      if (2n * (off < 0n ? -off : off) === under) expect(off < 0n === exact < 0n).toBe(true);
      expect(times({ amount: -amount, currency: 'EUR' }, ratio(over, under)).amount).toBe(-got);
    }),
  );
});

test('rates are exact', () => {
  expect(percent('19')).toEqual({ numerator: 19n, denominator: 100n });
  expect(rateOf(eur('12.50'))).toEqual({ numerator: 25n, denominator: 2n });
  expect(multiply(parseRate('0.1'), parseRate('0.2'))).toEqual(parseRate('0.02'));
  expect(() => ratio(1, 0)).toThrow(MoneyError);
});

describe('parts', () => {
  test('add up to the whole, and differ from their exact share by less than a unit', () => {
    fc.assert(
      fc.property(amounts, fc.array(fc.bigInt({ min: 0n, max: 10_000n }), { minLength: 1, maxLength: 12 }), (amount, weights) => {
        const total = weights.reduce((all, weight) => all + weight, 0n);
        fc.pre(total > 0n);
        const parts = allocate({ amount, currency: 'EUR' }, weights);
        expect(sum(parts, 'EUR').amount).toBe(amount);
        for (const [index, part] of parts.entries()) {
          const off = part.amount * total - amount * weights[index]!;
          expect((off < 0n ? -off : off) < total).toBe(true);
        }
      }),
    );
  });

  test('a fixed discount over two lines', () => {
    const parts = allocate(eur('10.00'), [800n, 500n]);
    expect(parts.map(formatAmount)).toEqual(['6.15', '3.85']);
    expect(formatAmount(subtract(eur('13.00'), add(eur('0'), ...parts)))).toBe('3.00');
    expect(allocate(negate(eur('1.00')), [1n, 1n, 1n]).map(formatAmount)).toEqual(['-0.34', '-0.33', '-0.33']);
  });

  test('of nothing are refused', () => expect(() => allocate(eur('1'), [0n])).toThrow(MoneyError));
});
