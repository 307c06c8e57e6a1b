/** The customers: who owns servers, who buys them, and whom there is to talk to. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { organizationsQuery } from '../../kit/api/queries.ts';
import { count } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { MenuCell } from '../../kit/parts/row-menu.tsx';
import { CustomerMenu } from '../shop/customer-menu.tsx';

export function CustomersPage() {
  const list = useQuery(organizationsQuery);
  const [asked, ask] = useState('');
  const word = asked.trim().toLowerCase();
  const shown = list.data?.filter((each) => `${each.name} ${each.display_name ?? ''} ${each.id}`.toLowerCase().includes(word));
  return (
    <Page title="Customers" lead="An organization is a customer: its servers, its money, its people.">
      <div className="max-w-80">
        <TextField label="Find by name or id" type="search" value={asked} onChange={(event) => ask(event.target.value)} />
      </div>
      <Card title="Organizations">
        {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Loading what="customers" />}
        {shown?.length === 0 && <p className="text-ink-2">{word === '' ? 'None yet.' : 'No customer has that in its name.'}</p>}
        {shown && shown.length > 0 && (
          <Table label="Customers" head={['Name', 'State', 'VPSes', 'Since', '']} className="min-w-[32rem]">
            {shown.map((each) => (
              <tr key={each.id} className="[&>td]:py-2 [&>td]:pr-4">
                <td>
                  <Link to="/customers/$id" params={{ id: each.id }} className="font-medium break-all underline-offset-2 hover:underline">
                    {each.display_name ?? each.name}
                  </Link>
                </td>
                <td>
                  <Badge tone={each.status === 'active' ? 'good' : 'warn'}>{sentenceCase(each.status)}</Badge>
                </td>
                <td className="tabular-nums">{count(each.vps_count)}</td>
                <td>
                  <Time at={each.created_at} />
                </td>
                <MenuCell>
                  <CustomerMenu customer={each} />
                </MenuCell>
              </tr>
            ))}
          </Table>
        )}
      </Card>
    </Page>
  );
}
