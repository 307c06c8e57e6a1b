/** /api/admin/tax-rates */
import type { z } from 'zod';
import {
  type TaxRate as RateWire,
  TaxRateAnswer,
  TaxRateCreate,
  TaxRateEnd,
  TaxRateList,
  TaxRateParams,
} from '../../../contract/billing.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { plainPercent } from '../invoices/totals.ts';
import { endRate, insertRate, listRates, lockRates, rateById, ratesOf, type TaxRate } from './store.ts';

const day = (at: Date): string => at.toISOString().slice(0, 10);
const dateOf = (text: string): Date => new Date(`${text}T00:00:00Z`);

function present({ id, name, country, region, percent, reverseCharge, validFrom, validTo }: TaxRate): RateWire {
  return {
    id,
    name,
    country,
    region: region === '' ? null : region,
    percent: plainPercent(percent.toString()),
    reverse_charge: reverseCharge as RateWire['reverse_charge'],
    valid_from: day(validFrom),
    valid_to: validTo === null ? null : day(validTo),
  };
}

export function taxRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/tax-rates',
      summary: 'List tax rates by country and time',
      permission: 'tax:read',
      responses: { 200: { description: 'All of them.', schema: TaxRateList } },
      handler: async () => ({ status: 200, body: { tax_rates: (await listRates(services.db)).map(present) } }),
    }),
    route({
      method: 'post',
      path: '/api/admin/tax-rates',
      summary: 'Add a tax rate; the one that holds then ends on that day',
      permission: 'tax:write',
      body: TaxRateCreate,
      responses: { 201: { description: 'Added.', schema: TaxRateAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const made = { tax_rate: present(await addRate(tx, body)) };
        await appendAudit(tx, {
          actor: principal.name,
          action: 'tax-rate.added',
          target: made.tax_rate.id,
          organizationId: null,
          data: { ...body, region: body.region ?? '' },
        });
        return { status: 201, body: made };
      },
    }),
    route({
      method: 'patch',
      path: '/api/admin/tax-rates/:id',
      id: 'endTaxRate',
      summary: 'Say from which day a tax rate holds no more',
      permission: 'tax:write',
      params: TaxRateParams,
      body: TaxRateEnd,
      responses: { 200: { description: 'As it is now. Invoices that were issued stay.', schema: TaxRateAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const made = { tax_rate: present(await finishRate(tx, params.id, body.valid_to)) };
        await appendAudit(tx, {
          actor: principal.name,
          action: 'tax-rate.ended',
          target: params.id,
          organizationId: null,
          data: { valid_to: body.valid_to ?? 'open' },
        });
        return { status: 200, body: made };
      },
    }),
  ];
}

/** Of one place no two hold on the same day. */
async function addRate(tx: Db, body: z.output<typeof TaxRateCreate>): Promise<TaxRate> {
  const { name, country, percent, reverse_charge: reverseCharge } = body;
  const [region, validFrom] = [body.region ?? '', dateOf(body.valid_from)];
  await lockRates(tx, country, region);
  const others = await ratesOf(tx, country, region);
  if (others.some((other) => other.validFrom >= validFrom))
    throw refuseField(
      'valid_from',
      'is not after the rates that this place has',
      'End or correct those that come later first.',
      409,
      'tax_rate_overlaps',
    );
  const running = others.find(({ validTo }) => validTo === null || validTo > validFrom);
  if (running) await endRate(tx, running.id, validFrom);
  return await insertRate(tx, { name, country, region, percent: plainPercent(percent), reverseCharge, validFrom, validTo: null });
}

async function finishRate(tx: Db, id: string, to: string | null): Promise<TaxRate> {
  const rate = await rateById(tx, id);
  if (!rate) throw notFound('tax rate', id);
  await lockRates(tx, rate.country, rate.region);
  const validTo = to === null ? null : dateOf(to);
  if (validTo && validTo <= rate.validFrom)
    throw refuseField('valid_to', `is not after ${day(rate.validFrom)}, from which it holds`, 'Choose a later day.');
  const next = (await ratesOf(tx, rate.country, rate.region)).find(({ validFrom }) => validFrom > rate.validFrom);
  if (next && (validTo === null || validTo > next.validFrom))
    throw refuseField(
      'valid_to',
      `is after ${day(next.validFrom)}, from which another rate holds`,
      'Choose that day at the latest.',
      409,
      'tax_rate_overlaps',
    );
  return await endRate(tx, id, validTo);
}
