import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { KIND_WORDS } from '../../kit/lib/kind-words.ts';
import { OPERATION_STATUSES } from '../../../contract/words.ts';
import { type OperationSearch, operationListQuery } from '../../kit/api/queries.ts';
import { OperationMenu } from '../components/operation-menu.tsx';
import { OperationRows } from '../components/operation-rows.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { kindName, sentenceCase } from '../../kit/lib/words.ts';

export function OperationListPage() {
  const search = useSearch({ from: '/app/operations' });
  const navigate = useNavigate({ from: '/operations' });
  const list = useInfiniteQuery(operationListQuery(search));
  const operations = list.data?.pages.flatMap((page) => page.operations);
  const filtered = Object.keys(search).length > 0;
  const set = (change: { [K in keyof OperationSearch]?: string | undefined }): void =>
    void navigate({
      search: (old: OperationSearch) =>
        Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value)) as OperationSearch,
      replace: true,
    });
  return (
    <Page title="Operations" lead="Every change that was asked for, newest first. Running ones move as they go.">
      <div role="search" className="flex flex-wrap gap-2">
        <Choice
          label="State"
          value={search.status}
          options={OPERATION_STATUSES.map((each) => [each, sentenceCase(each)])}
          onChange={(status) => set({ status })}
        />
        <Choice
          label="Kind"
          value={search.kind}
          options={Object.keys(KIND_WORDS).map((each) => [each, kindName(each)])}
          onChange={(kind) => set({ kind })}
        />
        {search.vps_id && (
          <Button icon="cross" onClick={() => set({ vps_id: undefined })}>
            Only VPS {search.vps_id}
          </Button>
        )}
      </div>
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {operations?.length === 0 ? (
        <Empty icon="operations" title={filtered ? 'No operation matches' : 'No operation yet'}>
          {filtered
            ? 'Choose other filters.'
            : 'An operation is one requested change to a VPS, with its steps and log. The first appears when you create a VPS.'}
        </Empty>
      ) : (
        <div className="rounded-lg border border-line bg-surface px-4 py-1">
          <OperationRows operations={operations} empty="" menuOf={(operation) => <OperationMenu operation={operation} />} />
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
