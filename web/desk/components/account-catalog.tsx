import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { releaseOf } from '../../../contract/release.ts';
import { api, type Account } from '../../kit/api/client.ts';
import type { Image, Plan, Region, Zone } from '../../kit/api/catalog.ts';
import { catalogQuery } from '../../kit/api/queries.ts';
import { memory, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { CopyItem, MenuCell, RowMenu } from '../../kit/parts/row-menu.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { useSession } from '../../kit/lib/use-session.ts';
import { pageProblem } from '../lib/abilities.ts';

type CatalogId = 'plans' | 'regions' | 'images' | 'zones';
export const CATALOGS: readonly { readonly id: CatalogId; readonly title: string }[] = [
  { id: 'plans', title: 'Plans' },
  { id: 'regions', title: 'Regions' },
  { id: 'images', title: 'Images' },
  { id: 'zones', title: 'Zones' },
];

type Column<T> = readonly [title: string, cell: (item: T) => ReactNode];
const yes = (can: boolean): string => (can ? 'yes' : 'no');
const COLUMNS: { plans: Column<Plan>[]; regions: Column<Region>[]; images: Column<Image>[]; zones: Column<Zone>[] } = {
  plans: [
    ['Plan', (plan) => <code className="font-mono text-xs">{plan.id}</code>],
    ['vCPU', (plan) => plan.vcpus],
    ['Memory', (plan) => memory(plan.memoryMb)],
    ['Disk', (plan) => `${plan.diskGb} GB`],
    ['Price per month', (plan) => money(plan.priceMonthly, plan.currency)],
    ['Regions', (plan) => plan.regions.length],
    ['Available', (plan) => yes(plan.available)],
  ],
  regions: [
    ['Region', (region) => <code className="font-mono text-xs">{region.id}</code>],
    ['Name', (region) => region.name],
    ['Country', (region) => region.country ?? '–'],
    ['Available', (region) => yes(region.available)],
  ],
  images: [
    ['Name', (image) => image.name],
    ['Image', (image) => <code className="font-mono text-xs">{image.id}</code>],
    ['Family', (image) => image.family],
    ['Support ends', (image) => releaseOf(image)?.supportEnds ?? '-'],
    ['Needs disk', (image) => `${image.minDiskGb} GB`],
    ['Offered', (image) => yes(!image.deprecated)],
  ],
  zones: [
    ['Zone', (zone) => zone.name],
    ['State', (zone) => zone.status],
  ],
};

export function AccountCatalog({ account, kind }: { account: Account; kind: CatalogId }) {
  const options = catalogQuery<{ id: string }>(kind, account.id);
  const catalog = useQuery(options);
  const client = useQueryClient();
  const refresh = useAction(() => api.getCatalog({ kind, query: { providerId: account.id, refresh: true } }), {
    done: () => void client.invalidateQueries({ queryKey: options.queryKey }),
  });
  if (catalog.error) return <ProblemNote error={catalog.error} retry={() => void catalog.refetch()} />;
  if (!catalog.data) return <Loading what={kind} />;
  const columns = COLUMNS[kind] as unknown as Column<{ id: string }>[];
  return (
    <>
      <p className="mb-3 flex flex-wrap items-center gap-2 text-ink-2">
        {catalog.data.items.length} {kind}, as of <Time at={catalog.data.fetchedAt} />
        <Button icon="refresh" className="ml-auto" busy={refresh.isPending} onClick={() => refresh.mutate()}>
          Ask the provider again
        </Button>
      </p>
      <div tabIndex={0} role="region" aria-label={kind} className="max-h-[32rem] overflow-auto">
        <table className="w-full">
          <thead className="sticky top-0 bg-surface text-left text-xs text-ink-2">
            <tr>
              {columns.map(([title]) => (
                <th key={title} className="py-1.5 pr-4 font-medium">
                  {title}
                </th>
              ))}
              <th>
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {catalog.data.items.map((item) => (
              <tr key={item.id}>
                {columns.map(([title, cell]) => (
                  <td key={title} className="py-1.5 pr-4">
                    {cell(item)}
                  </td>
                ))}
                <MenuCell>
                  <ItemMenu account={account} kind={kind} id={item.id} />
                </MenuCell>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What a row of each catalogue is in the form of a new VPS. */
const IN_FORM: Partial<Record<CatalogId, 'plan' | 'region' | 'image'>> = { plans: 'plan', regions: 'region', images: 'image' };

function ItemMenu({ account, kind, id }: { account: Account; kind: CatalogId; id: string }) {
  const field = IN_FORM[kind];
  return (
    <RowMenu name={id}>
      <CopyItem text={id} what="id" />
      {field && <NewWithIt account={account} field={field} id={id} />}
    </RowMenu>
  );
}

function NewWithIt({ account, field, id }: { account: Account; field: 'plan' | 'region' | 'image'; id: string }) {
  const navigate = useNavigate();
  const problem = pageProblem(useSession(), '/vps/new');
  return (
    <MenuItem disabledReason={problem} onSelect={() => void navigate({ to: '/vps/new', search: { account: account.id, [field]: id } })}>
      New VPS {field === 'region' ? 'there' : 'with it'}…
    </MenuItem>
  );
}
