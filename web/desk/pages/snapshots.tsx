/** Every snapshot that somebody ordered and nobody deleted, also of VPSes that have ended, with what keeping them costs. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { RecordedSnapshot } from '../../kit/api/client.ts';
import { RecordedSnapshotMenu } from '../components/snapshot-menu.tsx';
import { snapshotListQuery } from '../../kit/api/queries.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge, SimulatedBadge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Checkbox } from '../../kit/ui/field.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { costOf, keptSentence, sizeOf, snapshotKind, snapshotName, snapshotTone } from '../../kit/lib/snapshots.ts';
import { sentenceCase, vpsTone } from '../../kit/lib/words.ts';
import { MenuCell } from '../../kit/parts/row-menu.tsx';

/** On a phone these stand below the names. */
const WIDE_ONLY: ReadonlySet<string> = new Set(['Name', 'Monthly']);

export function SnapshotsPage() {
  const search = useSearch({ from: '/app/snapshots' });
  const navigate = useNavigate({ from: '/snapshots' });
  const list = useInfiniteQuery(snapshotListQuery(search));
  const snapshots = list.data?.pages.flatMap((page) => page.snapshots);
  const total = list.data?.pages[0]?.total;
  return (
    <Page title="Snapshots" lead={total && (total.count === 0 ? 'None is kept.' : `Kept at the providers: ${keptSentence(total)}.`)}>
      <Checkbox
        label="Only what is kept of terminated VPSes"
        checked={search.kept ?? false}
        onChange={(event) => void navigate({ search: event.target.checked ? { kept: true } : {}, replace: true })}
        help="As recorded. A provider’s own backups are on the page of their VPS."
      />
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="the snapshots" />}
      {snapshots?.length === 0 && (
        <Empty icon="snapshot" title={search.kept ? 'Nothing is kept of terminated VPSes' : 'No snapshot yet'}>
          A snapshot is made on the page of its VPS, or before a deletion. It costs money until it is deleted.
        </Empty>
      )}
      {snapshots && snapshots.length > 0 && (
        <div className="rounded-lg border border-line bg-surface px-4 py-2">
          <Table label="Snapshots" head={['VPS', 'Name', 'State', 'Monthly', '']} wideOnly={WIDE_ONLY}>
            {snapshots.map((snapshot) => (
              <Row key={snapshot.id} snapshot={snapshot} />
            ))}
          </Table>
        </div>
      )}
      {list.hasNextPage && (
        <Button className="self-center" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      )}
    </Page>
  );
}

function Row({ snapshot }: { snapshot: RecordedSnapshot }) {
  const { vps_id: id, vps_label: label, vps_status: status, provider_name: provider, simulated } = snapshot;
  return (
    <tr className="align-top">
      <td className="max-w-64 py-2 pr-4 wrap-anywhere">
        <Link to="/vps/$id" params={{ id }} search={{ tab: 'snapshots' }} className="font-medium underline-offset-2 hover:underline">
          {label}
        </Link>{' '}
        {status !== 'active' && <Badge tone={vpsTone(status)}>{sentenceCase(status)}</Badge>}
        <span className="flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
          {provider}
          {simulated && <SimulatedBadge />}
        </span>
        <span className="block text-xs text-ink-2 sm:hidden">
          {snapshotName(snapshot)}, {sizeOf(snapshot)}, {snapshot.monthly_cost ? `${costOf(snapshot)} a month, ` : ''}
          <Time at={snapshot.created_at} />
        </span>
      </td>
      <td className="hidden max-w-72 py-2 pr-4 wrap-anywhere sm:table-cell">
        {snapshotName(snapshot)}
        <span className="block text-xs text-ink-2">
          {snapshotKind(snapshot.kind)}, {sizeOf(snapshot)}, <Time at={snapshot.created_at} />
        </span>
        {snapshot.note && <span className="block text-ink-2">{snapshot.note}</span>}
        {snapshot.message && <span className="block text-bad">{snapshot.message}</span>}
      </td>
      <td className="py-2 pr-4">
        <Badge tone={snapshotTone(snapshot.status)}>{sentenceCase(snapshot.status)}</Badge>
      </td>
      <td className="hidden py-2 pr-4 whitespace-nowrap sm:table-cell">{costOf(snapshot)}</td>
      <MenuCell>
        <RecordedSnapshotMenu snapshot={snapshot} />
      </MenuCell>
    </tr>
  );
}
