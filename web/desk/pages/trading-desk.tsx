/** Servers for trading accounts, as the older trading desk's page makes and shows them: one for each account, at any provider. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Vps } from '../../kit/api/client.ts';
import { accountsQuery } from '../../kit/api/queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { MenuCell, RowMenu } from '../../kit/parts/row-menu.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { type AskedOf, VpsRowDialog, VpsRowItems } from '../components/vps-row-menu.tsx';
import { askOlder } from '../lib/older-routes.ts';
import { type DeskOverview, ProvisionDialog } from '../shop/trading-form.tsx';

const REFERENCE = 'mt5:';
/** The newest; older ones are on the page of all VPSes. */
const SHOWN = 200;

interface Synced {
  readonly data: { readonly status: string; readonly provider_status: string | null; readonly main_ip: string | null };
}

export function TradingDeskPage() {
  const [chosen, choose] = useState<string | undefined>();
  const [making, make] = useState(false);
  const accounts = useQuery(accountsQuery);
  const overview = useQuery({
    queryKey: ['trading-desk', chosen ?? ''],
    queryFn: ({ signal }) =>
      askOlder<DeskOverview>('GET', `/api/vps/provision${chosen === undefined ? '' : `?provider=${chosen}`}`, { signal }),
    retry: false,
  });
  // Until somebody chooses, the one that the route takes by itself.
  const provider = chosen ?? overview.data?.provider ?? '';
  const servers = useQuery({
    queryKey: ['trading-servers'],
    queryFn: async ({ signal }) => (await api.listVpses({ query: { limit: SHOWN, sort: '-created_at' }, signal })).instances,
    refetchInterval: 5_000,
    select: (all) => all.filter((vps) => vps.external_reference?.startsWith(REFERENCE)),
  });
  const sync = useAction(
    async (all: readonly Vps[]) => {
      for (const { id } of all) await askOlder<Synced>('PATCH', '/api/vps/provision', { body: { vps_id: id } });
      return all.length;
    },
    { done: (count) => toast(count === 1 ? 'One server asked for.' : `${count} servers asked for.`) },
  );
  const available = (accounts.data?.available ?? []).filter(({ roles }) => roles.includes('compute'));
  const name = available.find(({ type }) => type === provider)?.name ?? sentenceCase(provider);
  const mine = servers.data?.filter((vps) => vps.provider === provider);
  const configured = overview.data?.configured === true;
  return (
    <Page
      title="Trading desk"
      lead="One server for each trading account, with Windows where the provider has it."
      actions={
        <>
          <Button
            icon="refresh"
            busy={sync.isPending}
            disabledReason={mine?.length ? null : 'There is no server to ask for.'}
            onClick={() => sync.mutate(mine ?? [])}
          >
            Sync {name} Status
          </Button>
          <Button
            variant="primary"
            icon="plus"
            disabledReason={configured ? null : `${name} API key not configured`}
            onClick={() => make(true)}
          >
            Auto-Provision ({name})
          </Button>
        </>
      }
    >
      <div className="flex flex-wrap items-end gap-4">
        <SelectField
          label="Provider"
          value={provider}
          options={available.map(({ type, name: label }) => ({ value: type, label }))}
          onChange={(event) => choose(event.target.value)}
        />
        {overview.data && <Badge tone={configured ? 'good' : 'bad'}>{configured ? `${name} Connected` : `${name} not connected`}</Badge>}
      </div>
      {overview.error && <ProblemNote error={overview.error} retry={() => void overview.refetch()} />}
      <Servers name={name} all={mine} error={servers.error} retry={() => void servers.refetch()} />
      {making && overview.data && <ProvisionDialog provider={provider} name={name} overview={overview.data} onClose={() => make(false)} />}
    </Page>
  );
}

function Servers({ name, all, error, retry }: { name: string; all: readonly Vps[] | undefined; error: unknown; retry: () => void }) {
  const [asked, ask] = useState<AskedOf | null>(null);
  return (
    <Card title="Servers of trading accounts">
      {error ? <ProblemNote error={error} retry={retry} /> : !all && <Loading what="servers" />}
      {all?.length === 0 && <p className="text-ink-2">No trading account has a server at {name} yet.</p>}
      {all && all.length > 0 && (
        <Table
          label="Servers of trading accounts"
          head={['Trading account', 'Server', 'Status', 'Address', 'Region', 'Plan', '']}
          className="min-w-[44rem]"
        >
          {all.map((vps) => (
            <Row key={vps.id} vps={vps} onAsk={ask} />
          ))}
        </Table>
      )}
      {asked && <VpsRowDialog asked={asked} onClose={() => ask(null)} />}
    </Card>
  );
}

function Row({ vps, onAsk }: { vps: Vps; onAsk: (asked: AskedOf) => void }) {
  return (
    <tr className="align-baseline [&>td]:py-2 [&>td]:pr-4">
      <td className="font-medium">{vps.external_reference!.slice(REFERENCE.length)}</td>
      <td>
        <Link to="/vps/$id" params={{ id: vps.id }} className="underline-offset-2 hover:underline">
          {vps.label}
        </Link>
      </td>
      <td>
        <Badge tone={vps.status === 'active' ? 'good' : vps.status === 'error' ? 'bad' : 'quiet'}>{sentenceCase(vps.status)}</Badge>
      </td>
      <td className="tabular-nums">{vps.ip_address ?? 'none yet'}</td>
      <td>{vps.region}</td>
      <td>{vps.plan}</td>
      <MenuCell>
        <RowMenu name={vps.label}>
          <VpsRowItems vps={vps} onAsk={onAsk} />
        </RowMenu>
      </MenuCell>
    </tr>
  );
}
