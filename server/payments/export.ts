/** The accounting export: one row a document and tax rate, one a movement of money, as CSV. */
import { Temporal } from 'temporal-polyfill';
import { ExportQuery } from '../../contract/billing.ts';
import { amountText } from '../billing/money-field.ts';
import { plainPercent } from '../billing/invoices/totals.ts';
import { sellerOf } from '../billing/profile/profile.ts';
import { appendAudit } from '../kernel/audit.ts';
import { csvCell } from '../kernel/csv.ts';
import { type Route, route, STREAMED } from '../kernel/http/route.ts';
import { refuseField } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import { type ExportRow, exportRows } from './export-store.ts';

const COLUMNS = [
  'date',
  'type',
  'number',
  'organization',
  'customer',
  'country',
  'tax_id',
  'currency',
  'net',
  'tax_category',
  'tax_percent',
  'tax',
  'gross',
  'reference',
];

export function exportRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/accounting-export',
      id: 'exportAccounting',
      summary: 'Invoices, credit notes, payments and refunds of a time as CSV',
      permission: 'report:read',
      query: ExportQuery,
      responses: {
        200: { description: 'A CSV row a document and tax rate, or a movement of money. Days are the seller’s.', media: ['text/csv'] },
      },
      transaction: true,
      prepare: async ({ query }) => {
        if (query.to <= query.from) throw refuseField('to', 'is not after `from`', 'It is the first day that does not belong to it.');
        const { time_zone: zone } = await sellerOf(services.db);
        const [from, to] = [startOf(query.from, zone), startOf(query.to, zone)];
        return { rows: await exportRows(services.db, from, to), zone };
      },
      handler: async ({ principal, query, response, tx, prepared: { rows, zone } }) => {
        const told = { actor: principal.name, action: 'accounting.exported', target: 'accounting', organizationId: null };
        await appendAudit(tx, { ...told, data: { ...query, rows: rows.length } });
        const afterwards = async (): Promise<typeof STREAMED> => {
          response.status(200);
          response.setHeader('content-type', 'text/csv; charset=utf-8');
          response.setHeader('content-disposition', `attachment; filename="accounting-${query.from}-${query.to}.csv"`);
          response.end([COLUMNS.join(','), ...rows.map((row) => csvLine(row, zone))].map((line) => `${line}\r\n`).join(''));
          return STREAMED;
        };
        return { status: 200, afterwards };
      },
    }),
  ];
}

const startOf = (day: string, zone: string): Date =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone }).epochMilliseconds);

function csvLine(row: ExportRow, zone: string): string {
  const amount = (value: bigint | null): string => (value === null ? '' : amountText(value, row.currency));
  const day = Temporal.Instant.fromEpochMilliseconds(row.at.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString();
  const percent = row.taxPercent === '' ? '' : plainPercent(row.taxPercent);
  return [
    day,
    row.type,
    row.number,
    row.organization,
    row.customer,
    row.country,
    row.taxId,
    row.currency,
    amount(row.net),
    row.taxCategory,
    percent,
    amount(row.tax),
    amount(row.gross),
    row.reference,
  ]
    .map(csvCell)
    .join(',');
}
