/** From what a provider takes to what is asked for: one exact price, then one rounding. */
import {
  addRates,
  amountOf,
  type Money,
  money,
  exponentOf,
  multiply,
  parseRate,
  percent,
  type Rate,
  ratio,
  rateOf,
} from '../../contract/money.ts';
import type { PriceRounding } from '../../contract/product.ts';

export interface Markup {
  /** Decimal texts; `percent` of the cost, `plus` in whole units of the price's currency. */
  readonly percent: string;
  readonly plus: string;
  readonly rounding: PriceRounding;
  /** A product whose price is below cost × (1 + this) is not sold. */
  readonly minMarginPercent: string;
}

export interface MarkedUp {
  readonly price: Money;
  readonly margin: Money;
  /** False: the price does not reach the least margin. */
  readonly sellable: boolean;
}

/** @param rate what one unit of the cost's currency is in the price's. */
export function markUp(cost: Money, rate: Rate, currency: string, rule: Markup): MarkedUp {
  const converted = multiply(rateOf(cost), rate);
  const one = ratio(1, 1);
  const asked = addRates(multiply(converted, addRates(one, percent(rule.percent))), parseRate(rule.plus));
  const price = ended(asked, currency, rule.rounding);
  const least = multiply(converted, addRates(one, percent(rule.minMarginPercent)));
  const costs = amountOf(converted, currency);
  return {
    price,
    margin: money(price.amount - costs.amount, currency),
    sellable: price.amount * least.denominator >= least.numerator * 10n ** BigInt(exponentOf(currency)),
  };
}

/** `end_99` and `end_49` go up to the next price that ends so; a currency without hundredths is rounded alone. */
function ended(asked: Rate, currency: string, rounding: PriceRounding): Money {
  const price = amountOf(asked, currency);
  if (rounding === 'none') return price;
  if (rounding === 'up_cent') return ceiling(asked, currency);
  const unit = 10n ** BigInt(exponentOf(currency));
  if (unit < 100n) return price;
  const end = (unit * (rounding === 'end_99' ? 99n : 49n)) / 100n;
  const [over, whole] = [price.amount % unit, price.amount - (price.amount % unit)];
  return money(over <= end ? whole + end : whole + unit + end, currency);
}

function ceiling({ numerator, denominator }: Rate, currency: string): Money {
  const scaled = numerator * 10n ** BigInt(exponentOf(currency));
  return money(scaled / denominator + (scaled % denominator > 0n ? 1n : 0n), currency);
}
