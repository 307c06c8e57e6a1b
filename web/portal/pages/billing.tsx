/** Money: invoices with their PDF, payment methods, credit, and to whom invoices go. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { dayOf, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { useQueryText } from '../link.tsx';
import { BillingAddress } from '../parts/billing-address.tsx';
import { Page } from '../parts/page.tsx';
import { PartsNav } from '../parts/parts-nav.tsx';
import { methodName, PayButton, toPaymentPage } from '../parts/pay.tsx';
import { creditQuery, type Invoice, invoicesQuery, methodsQuery, profileQuery } from '../queries.ts';
import { billingWords } from '../words/billing.ts';

const PARTS = ['invoices', 'methods', 'credit', 'address'] as const;

export function BillingPage() {
  const t = billingWords.use();
  const asked = useQueryText('part');
  const part = PARTS.find((each) => each === asked) ?? 'invoices';
  return (
    <Page title={t('title')} lead={t('lead')}>
      <PartsNav label={t('parts')} parts={PARTS} open={part} nameOf={t} to="/portal/billing" />
      {part === 'invoices' && <Invoices />}
      {part === 'methods' && <Methods />}
      {part === 'credit' && <Credit />}
      {part === 'address' && <BillingAddress />}
    </Page>
  );
}

function Invoices() {
  const t = billingWords.use();
  const invoices = useQuery(invoicesQuery);
  if (invoices.error) return <ProblemNote error={invoices.error} retry={() => void invoices.refetch()} />;
  if (!invoices.data) return <Loading what={t('theInvoices')} />;
  const shown = invoices.data.filter(({ status }) => status !== 'void');
  if (shown.length === 0) return <p className="py-8 text-center text-ink-2">{t('noInvoices')}</p>;
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {shown.map((invoice) => (
        <InvoiceRow key={invoice.id} invoice={invoice} />
      ))}
    </ul>
  );
}

const TONES = { draft: 'quiet', open: 'warn', paid: 'good', void: 'quiet', uncollectible: 'quiet' } as const;

function InvoiceRow({ invoice }: { invoice: Invoice }) {
  const t = billingWords.use();
  const { id, number, status, overdue, currency, total, amount_due: due, due_at: dueAt, paid_at: paidAt } = invoice;
  const name = number ?? t('proForma');
  const isPayable = (status === 'open' || status === 'draft') && Number(due) > 0;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-48">
        <p className="font-medium">{name}</p>
        <p className="text-sm text-ink-2">
          {t('kind', { kind: invoice.kind })} ·{' '}
          {paidAt ? t('paidOn', { date: dayOf(new Date(paidAt)) }) : t('due', { date: dayOf(new Date(dueAt)) })}
        </p>
      </div>
      <Badge tone={overdue ? 'bad' : TONES[status]}>{t('status', { status: overdue ? 'overdue' : status })}</Badge>
      <span className="min-w-24 text-right font-semibold tabular-nums">{money(isPayable ? due : total, currency)}</span>
      <span className="flex flex-wrap items-center gap-2">
        {isPayable && <PayButton invoiceId={id} back="/portal/billing" label={t('pay')} />}
        <a href={`/api/invoices/${id}/pdf`} aria-label={t('pdfOf', { number: name })} className={buttonClass('ghost', 'min-h-10')} download>
          <Icon name="download" />
          {t('pdf')}
        </a>
      </span>
    </li>
  );
}

function Methods() {
  const t = billingWords.use();
  const methods = useQuery(methodsQuery);
  const add = useAction(
    async () => {
      const { url } = await api.setUpPaymentMethod({ body: { return_url: new URL('/portal/billing?part=methods', location.origin).href } });
      location.assign(url);
    },
    { renews: false },
  );
  const choose = useAction((id: string) => api.makePaymentMethodDefault({ id }));
  const remove = useAction((id: string) => api.deletePaymentMethod({ id }));
  return (
    <Card title={t('methods')}>
      <div className="flex flex-col gap-4">
        <p className="text-ink-2">{methods.data?.length === 0 ? t('noMethods') : t('auto')}</p>
        {methods.error && <ProblemNote error={methods.error} retry={() => void methods.refetch()} />}
        <ul className="divide-y divide-line">
          {methods.data?.map((each) => (
            <li key={each.id} className="flex flex-wrap items-center gap-3 py-3">
              <span className="min-w-0 flex-1 basis-40">
                {methodName(each)}
                {each.exp_month !== null && each.exp_year !== null && (
                  <span className="block text-sm text-ink-2">
                    {t('expires', { month: String(each.exp_month).padStart(2, '0'), year: String(each.exp_year) })}
                  </span>
                )}
              </span>
              {each.is_default ? (
                <Badge tone="good">{t('isDefault')}</Badge>
              ) : (
                <Button busy={choose.isPending} onClick={() => choose.mutate(each.id)}>
                  {t('makeDefault')}
                </Button>
              )}
              <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(each.id)}>
                {t('remove')}
              </Button>
            </li>
          ))}
        </ul>
        <Button variant="primary" className="min-h-10 self-start" busy={add.isPending} onClick={() => add.mutate(undefined)}>
          {t('addMethod')}
        </Button>
      </div>
    </Card>
  );
}

function Credit() {
  const t = billingWords.use();
  const credit = useQuery(creditQuery);
  const currency = useQuery(profileQuery).data?.currency ?? 'EUR';
  const [amount, setAmount] = useState('');
  const topUp = useAction(
    async () => {
      const { invoice } = await api.createTopUp({ body: { amount: amount.trim().replace(',', '.'), currency } });
      await toPaymentPage(invoice.id, '/portal/billing?part=credit');
    },
    { renews: false },
  );
  const balances = credit.data?.balances.filter((each) => Number(each.amount) !== 0) ?? [];
  const isAmount = /^\d+([.,]\d{1,3})?$/.test(amount.trim()) && Number(amount.replace(',', '.')) > 0;
  return (
    <Card title={t('credit')}>
      <div className="flex flex-col gap-4">
        {credit.error && <ProblemNote error={credit.error} retry={() => void credit.refetch()} />}
        <p>
          {balances.length === 0
            ? t('noCredit')
            : balances.map((each) => t('balance', { amount: money(each.amount, each.currency) })).join(' ')}
        </p>
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (isAmount) topUp.mutate(undefined);
          }}
        >
          <TextField
            label={t('amount', { currency })}
            inputMode="decimal"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
          <Button type="submit" busy={topUp.isPending} disabledReason={isAmount ? null : t('typeAmount')}>
            {t('topUp')}
          </Button>
        </form>
        <ul className="divide-y divide-line">
          {credit.data?.entries.map((each) => (
            <li key={each.id} className="flex items-baseline gap-3 py-2">
              <span className="min-w-0 flex-1">
                {t('entry', { kind: each.kind })} <span className="text-sm text-ink-2">{dayOf(new Date(each.at))}</span>
              </span>
              <span className="font-medium tabular-nums">{money(each.amount, each.currency)}</span>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
