/** Who sells, and the taxes that apply. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FrontForm } from '../../features/people/front-page.tsx';
import { api, type TaxRateCreate } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { CopyItem, MenuCell, RowMenu } from '../../kit/parts/row-menu.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { AsCode } from '../components/as-code.tsx';
import { requestOf } from '../lib/as-code.ts';
import { taxRateCommand } from '../lib/as-command.ts';
import { SellerDialog } from '../shop/billing-dialogs.tsx';
import { sellerQuery, taxRatesQuery } from '../shop/queries.ts';

export function TaxesPage() {
  return (
    <Page title="Seller and taxes" lead="What stands on invoices, and what is added to them.">
      <SellerCard />
      <RatesCard />
      <ExportCard />
    </Page>
  );
}

function SellerCard() {
  const seller = useQuery(sellerQuery);
  const [editing, edit] = useState(false);
  return (
    <Card
      title="Seller"
      actions={
        seller.data && (
          <May call="changeSeller">
            <Button onClick={() => edit(true)}>Change</Button>
          </May>
        )
      }
    >
      {editing && seller.data && <SellerDialog seller={seller.data} onClose={() => edit(false)} />}
      {seller.error && <ProblemNote error={seller.error} retry={() => void seller.refetch()} />}
      {seller.data && (
        <Facts
          items={[
            ['Name', seller.data.name],
            ['Address', seller.data.address.join(', ')],
            ['Country', seller.data.country],
            ['Currency', seller.data.currency],
            ['Tax id', seller.data.tax_id],
            ['E-mail', seller.data.email],
            ['Bank', seller.data.bank],
            ['Time zone', seller.data.time_zone],
          ]}
        />
      )}
    </Card>
  );
}

function RatesCard() {
  const rates = useQuery(taxRatesQuery);
  const [country, setCountry] = useState('');
  const [percent, setPercent] = useState('');
  const [name, setName] = useState('VAT');
  const [from, setFrom] = useState(() => new Date().toISOString().slice(0, 10));
  const [reverse, setReverse] = useState(false);
  const body: TaxRateCreate = {
    name,
    country: country.toUpperCase(),
    percent,
    valid_from: from,
    reverse_charge: reverse ? 'business_abroad' : 'none',
  };
  const add = useAction(() => api.createTaxRate({ body }), { quiet: true, done: () => setPercent('') });
  const missing = !/^[a-z]{2}$/i.test(country)
    ? 'Type a country such as DE.'
    : !/^\d+(\.\d+)?$/.test(percent)
      ? 'Type a percentage such as 19.'
      : null;
  return (
    <Card title="Tax rates">
      {rates.error && <ProblemNote error={rates.error} retry={() => void rates.refetch()} />}
      {rates.data && rates.data.length > 0 && (
        <Table label="Tax rates" head={['Country', 'Name', 'Percent', 'From', 'Until', 'Businesses abroad', '']} className="min-w-[36rem]">
          {rates.data.map((each) => (
            <tr key={each.id} className="[&>td]:py-1.5 [&>td]:pr-4">
              <td>
                {each.country} {each.region}
              </td>
              <td>{each.name}</td>
              <td className="tabular-nums">{each.percent} %</td>
              <td>{each.valid_from}</td>
              <td>{each.valid_to ?? 'open'}</td>
              <td>{each.reverse_charge === 'business_abroad' ? 'account for it themselves' : 'pay it'}</td>
              <MenuCell>
                <RowMenu name={`${each.name} of ${each.country}`}>
                  <CopyItem text={each.id} what="id" />
                </RowMenu>
              </MenuCell>
            </tr>
          ))}
        </Table>
      )}
      <May call="createTaxRate">
        <div className="mt-4 border-t border-line pt-4">
          <FrontForm action="Add the rate" busy={add.isPending} missing={missing} error={add.error} onSubmit={() => add.mutate(undefined)}>
            <div className="grid gap-4 sm:grid-cols-4">
              <TextField label="Country" maxLength={2} value={country} onChange={(event) => setCountry(event.target.value)} />
              <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} />
              <TextField label="Percent" inputMode="decimal" value={percent} onChange={(event) => setPercent(event.target.value)} />
              <TextField label="From" type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
            </div>
            <Checkbox
              label="Businesses there account for it themselves when you are elsewhere"
              checked={reverse}
              onChange={(event) => setReverse(event.target.checked)}
            />
            {missing === null && <AsCode request={requestOf('createTaxRate', body)} command={taxRateCommand(body)} />}
          </FrontForm>
        </div>
      </May>
    </Card>
  );
}

function ExportCard() {
  const [year] = useState(() => new Date().getFullYear());
  return (
    <Card title="For the bookkeeper">
      <p className="mb-3 text-ink-2">A row for each document and tax rate, and for each movement of money.</p>
      <span className="flex flex-wrap gap-2">
        {[year - 1, year].map((each) => (
          <a key={each} href={`/api/admin/accounting-export?from=${each}-01-01&to=${each + 1}-01-01`} className={buttonClass()} download>
            {each} as CSV
          </a>
        ))}
      </span>
    </Card>
  );
}
