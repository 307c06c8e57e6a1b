import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { driftQuery, inventoryQuery, sweepsQuery } from '../api/queries.ts';
import { DriftCard } from '../components/drift-card.tsx';
import { InventoryTable } from '../components/inventory-table.tsx';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { Button } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { Empty } from '../components/ui/empty.tsx';
import { Loading } from '../components/ui/spinner.tsx';
import { Time } from '../components/ui/time.tsx';
import { operatorProblem } from '../lib/abilities.ts';
import { money } from '../lib/format.ts';
import { useAction } from '../lib/use-action.ts';
import { useSession } from '../lib/use-session.ts';

const SWEEP = 'drift';

export function DriftPage() {
  const session = useSession();
  const mayNot = operatorProblem(session);
  const enabled = session !== undefined && mayNot === null;
  const drifts = useQuery({ ...driftQuery(), enabled });
  const inventory = useQuery({ ...inventoryQuery, enabled });
  const sweep = useQuery({ ...sweepsQuery, enabled }).data?.find(({ name }) => name === SWEEP);
  const run = useAction(() => api.runSweep({ name: SWEEP }));
  const last = sweep?.last?.finished_at;
  return (
    <Page
      title="Drift and inventory"
      lead={
        last ? (
          <>
            As the providers were <Time at={last} />.
          </>
        ) : (
          'What providers have that differs from the record.'
        )
      }
      actions={
        <Button
          icon="refresh"
          busy={run.isPending || sweep?.running === true}
          disabledReason={mayNot ?? (sweep ? null : 'The drift sweep is not known yet.')}
          onClick={() => run.mutate()}
        >
          Look now
        </Button>
      }
    >
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {drifts.error && <ProblemNote error={drifts.error} retry={() => void drifts.refetch()} />}
      {drifts.isLoading && <Loading what="drift" />}
      {drifts.data?.length === 0 && (
        <Empty icon="check" title="Every server is as recorded">
          Drift is a difference between what a stack recorded and what the provider has: somebody resized, renamed, stopped or deleted a
          server there. A sweep looks regularly; nothing is changed before you decide.
        </Empty>
      )}
      {drifts.data?.map((drift) => (
        <DriftCard key={drift.id} drift={drift} />
      ))}
      {inventory.error && <ProblemNote error={inventory.error} />}
      {inventory.data && (
        <Card
          title="What no record accounts for"
          actions={inventory.data.orphan_cost.map((cost) => (
            <span key={cost.currency} className="text-bad">
              Orphans cost {money(cost.monthly, cost.currency)} per month
            </span>
          ))}
        >
          <InventoryTable items={inventory.data.items} />
        </Card>
      )}
    </Page>
  );
}
