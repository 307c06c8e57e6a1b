/** Exact packages one by one, as the older system's page shows them: which there are, what is left, bringing them up to date, and an order. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { askOlder } from '../lib/older-routes.ts';
import { memoriesOf, type Package, PackageOrderDialog } from '../shop/package-order-form.tsx';

interface Synced {
  readonly summary: { readonly created: number; readonly updated: number; readonly disabled: number; readonly reEnabled: number };
}

export function IpStockPage() {
  const [available, choose] = useState<string | undefined>();
  const [ordering, order] = useState<Package | undefined>();
  const filter = available === undefined ? '' : `?available=${available}`;
  const list = useQuery({
    queryKey: ['ip-stock', filter],
    queryFn: ({ signal }) => askOlder<readonly Package[]>('GET', `/api/smartvps/stock${filter}`, { signal }),
    refetchInterval: 15_000,
    retry: false,
  });
  const sync = useAction(() => askOlder<Synced>('POST', '/api/smartvps/sync'), {
    done: ({ summary: { created, updated, disabled, reEnabled } }) =>
      toast(`${created} new, ${updated} brought up to date, ${reEnabled} back again, ${disabled} gone.`),
  });
  return (
    <Page
      title="IP stock"
      lead="Packages that are sold one by one, each with its own address block. What is missing upstream is not offered."
      actions={
        <Button icon="refresh" variant="primary" busy={sync.isPending} onClick={() => sync.mutate(undefined)}>
          Sync now
        </Button>
      }
    >
      <Choice
        label="Available"
        value={available}
        options={[
          ['true', 'Yes'],
          ['false', 'No'],
        ]}
        onChange={choose}
      />
      <Card title="Packages">
        {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Loading what="packages" />}
        {list.data?.length === 0 && <p className="text-ink-2">None known yet. A sync reads them from the provider.</p>}
        {list.data && list.data.length > 0 && (
          <Table
            label="Packages"
            head={['Package', 'Id there', 'Available', 'Left', 'By memory', 'Last seen', '']}
            className="min-w-[44rem]"
          >
            {list.data.map((each) => (
              <Row key={each._id} entry={each} order={order} />
            ))}
          </Table>
        )}
      </Card>
      {ordering && (
        <PackageOrderDialog
          entry={ordering}
          onClose={() => {
            order(undefined);
            void list.refetch();
          }}
        />
      )}
    </Page>
  );
}

function Row({ entry, order }: { entry: Package; order: (entry: Package) => void }) {
  const [config] = Object.values(entry.defaultConfigurations);
  return (
    <tr className="align-baseline [&>td]:py-2 [&>td]:pr-4">
      <td className="font-medium">{entry.name}</td>
      <td>
        <code className="font-mono text-xs">{config?.packagePid}</code>
      </td>
      <td>
        <Badge tone={entry.available ? 'good' : 'bad'}>{entry.available ? 'Yes' : 'No'}</Badge>
      </td>
      <td className="tabular-nums">{config?.availableQty}</td>
      <td>
        {memoriesOf(entry)
          .map(([size, { price, currency }]) => (price === null ? `${size} without a price` : `${size} ${money(price, currency)}`))
          .join(', ')}
      </td>
      <td>{entry.lastSeen && <Time at={entry.lastSeen} />}</td>
      <td>
        <Button
          aria-label={`Order ${entry.name}`}
          disabledReason={entry.available && config && config.availableQty > 0 ? null : 'None can be had now.'}
          onClick={() => order(entry)}
        >
          Order
        </Button>
      </td>
    </tr>
  );
}
