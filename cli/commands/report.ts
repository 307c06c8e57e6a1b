/** `plinth report …`: how the business stands */
import type { BusinessDriftList, ProviderBillList, Report } from '../../contract/business-drift.ts';
import { REPORTS } from '../../contract/business-drift.ts';
import type { z } from 'zod';
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { EXIT } from '../errors.ts';
import { accountId } from '../find.ts';
import { readJson } from '../json-input.ts';
import { plain, show, table } from '../output.ts';

const figures = command({
  path: ['report', 'show'],
  summary: 'Revenue, margin, churn or what is unpaid, by month',
  positionals: [
    { name: 'report', help: REPORTS.join(', ') },
    { name: 'from', help: 'the first month, as 2027-01' },
    { name: 'to', help: 'the last one; default: the same', optional: true },
  ],
  options: { by: { type: 'string', value: 'WORD', choices: ['vps', 'product', 'account'], help: 'of the margin; default product' } },
  examples: ['report show revenue 2027-01 2027-03', 'report show margin 2027-03 --by vps --json'],
  run: async (context, [name = '', from = '', to = ''], { by }) => {
    const query = { from, to: to === '' ? from : to, by };
    const report = await (await context.api()).get<Report>(`/api/admin/reports/${encodeURIComponent(name)}`, query);
    show(context, report, (colour) =>
      table(
        report.columns.map((each) => each.toUpperCase()),
        report.rows.map((row) => row.map((cell) => plain(cell ?? '-'))),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const differences = command({
  path: ['report', 'differences'],
  summary: 'Where what is sold, what runs and what is paid for differ, with the money a month and what to do',
  examples: ['report differences'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof BusinessDriftList>>('/api/admin/business-drift');
    show(
      context,
      answer,
      (colour) =>
        table(
          ['KIND', 'A MONTH', 'WHAT', 'WHAT TO DO'],
          answer.drifts.map((each) => [
            each.kind,
            each.monthly ? `${each.monthly.amount} ${each.monthly.currency}` : '-',
            plain(each.message),
            each.remedy,
          ]),
          colour,
        ) + answer.monthly.map(({ amount, currency }) => `In all ${amount} ${currency} a month.\n`).join(''),
    );
    return EXIT.ok;
  },
});

function billed({ bills }: z.infer<typeof ProviderBillList>, colour: boolean): string {
  return table(
    ['ACCOUNT', 'MONTH', 'SOURCE', 'AMOUNT', 'EXPLAINED', 'NOT EXPLAINED', 'ESTIMATE'],
    bills.flatMap((bill) =>
      bill.totals.map((total) => [
        plain(bill.account_name),
        bill.month,
        bill.source,
        `${total.amount} ${total.currency}`,
        total.explained,
        total.unexplained,
        total.estimate,
      ]),
    ),
    colour,
  );
}

const bills = command({
  path: ['report', 'bills'],
  summary: 'What providers charge for a month, and what of it is explained',
  positionals: [{ name: 'month', help: 'as 2027-03' }],
  options: { account: { type: 'string', value: 'ACCOUNT', help: 'of that account, by id or name' } },
  examples: ['report bills 2027-03', 'report bills 2027-03 --account "Vultr main" --json'],
  run: async (context, [month = ''], { account }) => {
    const api = await context.api();
    const of = account === undefined ? {} : { account_id: await accountId(api, account) };
    const answer = await api.get<z.infer<typeof ProviderBillList>>('/api/admin/provider-bills', { month, ...of });
    show(context, answer, (colour) => billed(answer, colour));
    return EXIT.ok;
  },
});

const importBill = command({
  path: ['report', 'import-bill'],
  summary: 'Bring in lines of a provider’s own bill, from a JSON document on standard input',
  positionals: [
    { name: 'account', help: 'id or name' },
    { name: 'month', help: 'as 2027-03' },
  ],
  options: {
    whole: { type: 'boolean', help: 'these are all lines of the month: others that were brought in go' },
    ...MUTATION_OPTIONS,
  },
  examples: ['report import-bill "Vultr main" 2027-03 < lines.json'],
  run: async (context, [account = '', month = ''], options) => {
    const api = await context.api();
    const lines = await readJson(context.io, 'plinth report import-bill ACCOUNT MONTH < lines.json');
    const body = { account_id: await accountId(api, account), month, lines, whole: options.whole };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof ProviderBillList>>('POST', '/api/admin/provider-bills', request);
    show(context, answer, (colour) => billed(answer, colour));
    return EXIT.ok;
  },
});

export const reportCommands: readonly Command[] = [figures, differences, bills, importBill];
