/** How the business stands: what came in, what is left of it, where what is sold and what runs differ, and what providers charge. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Report } from '../../kit/api/client.ts';
import { money } from '../../kit/lib/format.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Bars } from '../../kit/ui/chart.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { BillDialog, type ProviderBill } from '../shop/bill-dialog.tsx';
import { Customer } from '../shop/listing.tsx';
import { businessDriftQuery, providerBillsQuery, type ReportAsked, reportQuery } from '../shop/queries.ts';

const REPORTS = [
  { value: 'revenue', label: 'Revenue' },
  { value: 'margin', label: 'Margin' },
  { value: 'churn', label: 'Come and gone' },
  { value: 'unpaid', label: 'Unpaid today' },
] as const;
const BY = [
  { value: 'product', label: 'product' },
  { value: 'account', label: 'account' },
  { value: 'vps', label: 'server' },
] as const;
const MONTHS_SHOWN = 11;
const monthText = (back: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth() - back, 1)).toISOString().slice(0, 7);
};

export function ReportsPage() {
  return (
    <Page title="Reports" lead="Of invoices, payments and what providers charge. Months are in UTC.">
      <ReportCard />
      <DriftCard />
      <BillsCard />
    </Page>
  );
}

function ReportCard() {
  const [asked, set] = useState<ReportAsked>({ report: 'revenue', from: monthText(MONTHS_SHOWN), to: monthText(0), by: 'product' });
  const change = (part: Partial<ReportAsked>): void => set((before) => ({ ...before, ...part }));
  const table = useQuery(reportQuery(asked));
  const file = `/api/admin/reports/${asked.report}?from=${asked.from}&to=${asked.to}&by=${asked.by}&format=csv`;
  return (
    <Card
      title={REPORTS.find(({ value }) => value === asked.report)!.label}
      actions={
        <a href={file} className={buttonClass()} download>
          As CSV
        </a>
      }
    >
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <SelectField
          label="Report"
          value={asked.report}
          options={REPORTS}
          onChange={(event) => change({ report: event.target.value as ReportAsked['report'] })}
        />
        {asked.report !== 'unpaid' && (
          <>
            <TextField
              label="From"
              type="month"
              value={asked.from}
              onChange={({ target }) => target.value && change({ from: target.value })}
            />
            <TextField label="To" type="month" value={asked.to} onChange={({ target }) => target.value && change({ to: target.value })} />
          </>
        )}
        {asked.report === 'margin' && (
          <SelectField
            label="For each"
            value={asked.by}
            options={BY}
            onChange={(event) => change({ by: event.target.value as ReportAsked['by'] })}
          />
        )}
      </div>
      {table.error && <ProblemNote error={table.error} retry={() => void table.refetch()} />}
      {table.isPending && <Loading what="the report" />}
      {table.data && <Shown report={table.data} />}
    </Card>
  );
}

/** Columns that are amounts in the row's currency. */
const AMOUNTS: ReadonlySet<string> = new Set([
  'invoiced_net',
  'tax',
  'credited_net',
  'received',
  'refunded',
  'revenue',
  'cost',
  'margin',
  'due',
]);
/** Columns that name a thing by its id, beside which stands its name. */
const IDS: ReadonlySet<string> = new Set(['product', 'account', 'vps']);

function Shown({ report: { report, columns, rows } }: { report: Report }) {
  const currency = columns.indexOf('currency');
  const shown = columns.flatMap((name, at) => (name === 'currency' || (IDS.has(name) && columns.includes('name')) ? [] : [{ name, at }]));
  if (rows.length === 0) return <p className="text-ink-2">Nothing in these months.</p>;
  const text = (name: string, row: Report['rows'][number], at: number): string => {
    const value = row[at] ?? null;
    if (value === null) return 'not known';
    if (AMOUNTS.has(name)) return money(value, row[currency] ?? '');
    return name === 'name' && value === '' ? 'Nothing sold' : value;
  };
  return (
    <>
      {report === 'revenue' && <RevenueBars columns={columns} rows={rows} />}
      <Table label="The report" head={shown.map(({ name }) => sentenceCase(name.replaceAll('_', ' ')))} className="min-w-[36rem]">
        {rows.map((row, index) => (
          <tr key={`${index} ${row.join(' ')}`} className="[&>td]:py-1.5 [&>td]:pr-4">
            {shown.map(({ name, at }) => (
              <td key={name} className={name === 'margin' && Number(row[at]) < 0 ? 'text-bad tabular-nums' : 'tabular-nums'}>
                {text(name, row, at)}
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </>
  );
}

/** One currency at a time: the one with the most rows. */
function RevenueBars({ columns, rows }: Pick<Report, 'columns' | 'rows'>) {
  const at = (name: string): number => columns.indexOf(name);
  const counts = Map.groupBy(rows, (row) => row[at('currency')] ?? '');
  const [currency, own] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]!;
  const value = (row: Report['rows'][number], name: string): number => Number(row[at(name)] ?? 0);
  const total = own.reduce((sum, row) => sum + value(row, 'invoiced_net') - value(row, 'credited_net'), 0);
  return (
    <div className="mb-4">
      <Bars
        summary={`${money(total, currency)} without tax in ${own.length === 1 ? 'one month' : `${own.length} months`}.`}
        names={['Invoiced', 'Received']}
        format={(amount) => money(amount, currency)}
        groups={own.map((row) => ({ label: row[at('month')] ?? '', values: [value(row, 'invoiced_net'), value(row, 'received')] }))}
        table={{
          head: ['Month', 'Invoiced', 'Received'],
          rows: own.map((row) => [
            row[at('month')] ?? '',
            money(value(row, 'invoiced_net'), currency),
            money(value(row, 'received'), currency),
          ]),
        }}
      />
    </div>
  );
}

function DriftCard() {
  const found = useQuery(businessDriftQuery);
  const sum = found.data?.monthly.map((each) => money(each.amount, each.currency)).join(', ');
  return (
    <Card title="Where what is sold and what runs differ">
      {found.error && <ProblemNote error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading what="differences" />}
      {found.data?.drifts.length === 0 && <p className="text-ink-2">Nowhere.</p>}
      {sum && <p className="mb-2">All of them come to {sum} a month.</p>}
      <ul className="divide-y divide-line">
        {found.data?.drifts.map((each) => (
          <li key={each.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-2.5">
            <Badge tone="warn">{sentenceCase(each.kind.replaceAll('-', ' '))}</Badge>
            <span className="min-w-60 flex-1">
              {each.message} <span className="text-ink-2">{each.remedy}</span>
            </span>
            {each.monthly && <span className="font-medium tabular-nums">{money(each.monthly.amount, each.monthly.currency)} a month</span>}
            {each.organization_id && <Customer id={each.organization_id} />}
            {each.vps_id && (
              <Link to="/vps/$id" params={{ id: each.vps_id }} className="text-accent underline underline-offset-2">
                The server
              </Link>
            )}
            {each.product_id && (
              <Link to="/products/$id" params={{ id: each.product_id }} className="text-accent underline underline-offset-2">
                The product
              </Link>
            )}
            <Time at={each.found_at} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function BillsCard() {
  const [month, choose] = useState(() => monthText(0));
  const bills = useQuery(providerBillsQuery(month));
  const mayEnter = useMay()('report:act');
  const [entering, enter] = useState<ProviderBill | null>(null);
  return (
    <Card title="What providers charge">
      <div className="mb-4 flex">
        <TextField label="Month" type="month" value={month} onChange={({ target }) => target.value && choose(target.value)} />
      </div>
      {bills.error && <ProblemNote error={bills.error} retry={() => void bills.refetch()} />}
      {bills.isPending && <Loading what="bills" />}
      {bills.data?.length === 0 && <p className="text-ink-2">No account yet.</p>}
      {bills.data && bills.data.length > 0 && (
        <Table
          label="Provider bills"
          head={['Account', 'From', 'Charged', 'Explained', 'By nothing', 'Estimate', '']}
          className="min-w-[36rem]"
        >
          {billRows(bills.data).map(({ bill, total, isFirst }) => (
            <tr key={`${bill.account_id} ${total?.currency}`} className="[&>td]:py-1.5 [&>td]:pr-4 [&>td]:tabular-nums">
              <td className="font-medium">{bill.account_name}</td>
              <td>{bill.source === 'bill' ? 'its bill' : 'an estimate'}</td>
              {total ? <Amounts total={total} /> : <td colSpan={4}>nothing</td>}
              <td className="text-right">
                {mayEnter && isFirst && (
                  <Button
                    aria-label={`${bill.source === 'bill' ? 'Correct' : 'Enter'} the bill of ${bill.account_name}`}
                    onClick={() => enter(bill)}
                  >
                    {bill.source === 'bill' ? 'Correct' : 'Enter'}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {entering && <BillDialog bill={entering} onClose={() => enter(null)} />}
    </Card>
  );
}

type Total = ProviderBill['totals'][number];

/** A row for each currency. Of which account nothing is known stands below, for its bill to be entered. */
const billRows = (bills: readonly ProviderBill[]): { bill: ProviderBill; total: Total | null; isFirst: boolean }[] =>
  bills
    .toSorted((a, b) => Math.min(b.totals.length, 1) - Math.min(a.totals.length, 1))
    .flatMap((bill) =>
      (bill.totals.length > 0 ? bill.totals : [null]).map((total: Total | null, index) => ({ bill, total, isFirst: index === 0 })),
    );

function Amounts({ total: { amount, explained, unexplained, estimate, currency } }: { total: Total }) {
  return (
    <>
      <td>{money(amount, currency)}</td>
      <td>{money(explained, currency)}</td>
      <td className={Number(unexplained) > 0 ? 'text-bad' : ''}>{money(unexplained, currency)}</td>
      <td>{money(estimate, currency)}</td>
    </>
  );
}
