/** What a customer has, and what waits for them. */
import { useQuery } from '@tanstack/react-query';
import type { Vps } from '../../kit/api/client.ts';
import { money } from '../../kit/lib/format.ts';
import { powerOf, statusTone } from '../../kit/lib/words.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { buttonClass } from '../../kit/ui/button.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Link } from '../link.tsx';
import { Banner, Page } from '../parts/page.tsx';
import { PayButton } from '../parts/pay.tsx';
import { PlannedWork } from '../parts/planned-work.tsx';
import { isUnpaid, Unpaid } from '../parts/unpaid.tsx';
import { invoicesQuery, ordersQuery, serversQuery, type Subscription, subscriptionsQuery } from '../queries.ts';
import { shellWords } from '../words/shell.ts';

export function HomePage() {
  const t = shellWords.use();
  const servers = useQuery(serversQuery);
  const subscriptions = useQuery(subscriptionsQuery).data ?? [];
  const may = useMay();
  const n = servers.data?.length ?? 0;
  return (
    <Page
      title={t('yourServers')}
      lead={servers.data && t('yourServersLead', { n })}
      actions={
        n > 0 &&
        may('order:place') && (
          <Link to="/portal/order" className={buttonClass('primary', 'min-h-10')}>
            <Icon name="plus" />
            {t('orderServer')}
          </Link>
        )
      }
    >
      <Waiting shown={new Set(subscriptions.filter(isUnpaid).map((each) => each.renewal_invoice_id))} />
      <PlannedWork />
      {subscriptions.filter(isUnpaid).map((each) => (
        <Unpaid key={each.id} subscription={each} label={servers.data?.find(({ id }) => id === each.vps_id)?.label} />
      ))}
      {servers.error && <ProblemNote error={servers.error} retry={() => void servers.refetch()} />}
      {servers.isLoading && <Loading what={t('theServers')} />}
      {servers.data && n === 0 && (
        <Empty
          icon="server"
          title={t('noServers')}
          action={
            may('order:place') && (
              <Link to="/portal/order" className={buttonClass('primary', 'min-h-11 px-5')}>
                {t('orderFirst')}
              </Link>
            )
          }
        >
          {t('noServersWhy')}
        </Empty>
      )}
      {n > 0 && (
        <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          {servers.data?.map((vps) => (
            <ServerTile key={vps.id} vps={vps} subscription={subscriptions.find((each) => each.vps_id === vps.id)} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function ServerTile({ vps, subscription }: { vps: Vps; subscription: Subscription | undefined }) {
  const t = shellWords.use();
  const power = powerOf(vps);
  return (
    <li className="relative flex flex-col gap-3 rounded-lg border border-line bg-surface p-4 shadow-xs transition-shadow hover:shadow-md">
      <div className="flex items-start justify-between gap-2">
        <Link to={`/portal/servers/${vps.id}`} className="text-base font-semibold break-words after:absolute after:inset-0">
          {vps.label}
        </Link>
        <Badge tone={power && vps.status === 'active' ? power.tone : statusTone(vps)}>
          {vps.status === 'active' ? t('power', { power: vps.power_state ?? 'none' }) : t('status', { status: vps.status })}
        </Badge>
      </div>
      <p className="font-mono text-sm break-all text-ink-2">{vps.ipv4 ?? t('noAddress')}</p>
      <p className="mt-auto truncate text-sm text-ink-2">{subscription?.product_name ?? vps.hostname}</p>
    </li>
  );
}

/** Orders that wait for their payment, and invoices that are open; those that are `shown` already are left out. */
function Waiting({ shown }: { shown: ReadonlySet<string | null> }) {
  const t = shellWords.use();
  const orders = useQuery(ordersQuery).data ?? [];
  const open = (useQuery({ ...invoicesQuery, enabled: useMay()('invoice:read') }).data ?? []).filter(
    ({ id, status, kind }) => status === 'open' && kind !== 'order' && !shown.has(id),
  );
  const overdue = open.some((each) => each.overdue);
  const sum = open.reduce((total, { amount_due: due }) => total + Number(due), 0);
  return (
    <>
      {orders
        .filter(({ status, invoice_id: invoice }) => status === 'placed' && invoice !== null)
        .map((order) => (
          <Banner
            key={order.id}
            tone="busy"
            action={<PayButton invoiceId={order.invoice_id!} back={`/portal/orders/${order.id}`} label={t('pay')} />}
          >
            {t('waitsForPayment', { number: order.number })}
          </Banner>
        ))}
      {open.length > 0 && (
        <Banner
          tone={overdue ? 'bad' : 'warn'}
          action={
            <Link to="/portal/billing" className={buttonClass()}>
              {t('look')}
            </Link>
          }
        >
          {t(overdue ? 'overdueInvoices' : 'openInvoices', { n: open.length, amount: money(sum, open[0]!.currency) })}
        </Banner>
      )}
    </>
  );
}
