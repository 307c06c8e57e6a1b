/** What can be added to a product, and for how much. */
import type { OptionsRequest } from '../../contract/product.ts';
import { appendAudit } from '../kernel/audit.ts';
import type { Db } from '../kernel/database.ts';
import { refuseField } from '../kernel/problem.ts';
import type { Principal } from '../kernel/services.ts';
import { replaceOptions } from './options-store.ts';
import { amountField, mustProduct } from './products.ts';
import type { ProductRow } from './store.ts';

/** Puts these in the place of those there were; subscriptions keep what they have. @throws Refusal that names the option */
export async function setOptions(tx: Db, by: Pick<Principal, 'name'>, id: string, { options }: OptionsRequest): Promise<ProductRow> {
  const product = await mustProduct(tx, id);
  const keys = new Set<string>();
  const rows = options.map((option, index) => {
    const field = (name: string): string => `options.${index}.${name}`;
    if (keys.has(option.key)) throw refuseField(field('key'), `"${option.key}" is there twice`, 'Use another.');
    keys.add(option.key);
    if (option.max < option.min) throw refuseField(field('max'), 'is less than min', 'Send at least that.');
    if (option.kind === 'image' && option.images.length === 0)
      throw refuseField(field('images'), 'is empty', 'Name the images that it is for.');
    if (option.kind === 'backups' && option.max !== 1)
      throw refuseField(field('max'), `is ${option.max}`, 'Backups are on or off: send 1.');
    if ((option.kind === 'storage' || option.kind === 'ips') && product.module !== 'manual')
      throw refuseField(
        field('kind'),
        `"${option.kind}" is added by a person`,
        'Use it with products that a person makes.',
        422,
        'not_supported',
      );
    const prices = option.prices.map((price, at) => ({
      interval: price.interval,
      currency: price.currency,
      amount: amountField(field(`prices.${at}.amount`), price.amount, price.currency),
    }));
    return { ...option, position: index, prices };
  });
  await replaceOptions(tx, id, rows);
  await appendAudit(tx, { actor: by.name, action: 'product.options-set', target: id, organizationId: null, data: { options: [...keys] } });
  return await mustProduct(tx, id);
}
