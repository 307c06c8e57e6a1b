import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Inventory, type Look } from '../../kit/api/client.ts';
import { driftLookQuery, inventoryQuery } from '../../kit/api/queries.ts';
import { DriftCard } from '../components/drift-card.tsx';
import { InventoryTable } from '../components/inventory-table.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { pageProblem, rightProblem } from '../lib/abilities.ts';
import { money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';

const SWEEP = 'drift';

export function DriftPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/drift');
  const enabled = session !== undefined && mayNot === null;
  const client = useQueryClient();
  const drift = useQuery({ ...driftLookQuery, enabled });
  const inventory = useQuery({ ...inventoryQuery, enabled });
  const run = useAction(() => api.runSweep({ name: SWEEP }), {
    // Until the next answer too: what was found before counts no more.
    done: () => client.setQueryData(driftLookQuery.queryKey, (old) => old && { ...old, look: { ...old.look, looking: true } }),
  });
  const look = drift.data?.look;
  const looking = run.isPending || look?.looking === true;
  return (
    <Page
      title="Drift and inventory"
      lead={<Lead look={look} looking={looking} />}
      actions={
        <Button
          icon="refresh"
          busy={looking}
          disabledReason={rightProblem(session, 'sweep:run') ?? (drift.data ? null : 'What was found is not known yet.')}
          onClick={() => run.mutate()}
        >
          Look now
        </Button>
      }
    >
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {drift.error && <ProblemNote error={drift.error} retry={() => void drift.refetch()} />}
      {drift.isLoading && <Loading what="drift" />}
      {look && drift.data?.drifts.length === 0 && <NoDrift look={look} looking={looking} />}
      {drift.data?.drifts.map((each) => (
        <DriftCard key={each.id} drift={each} />
      ))}
      {inventory.error && <ProblemNote error={inventory.error} />}
      {inventory.data && (
        // Of the same look as the drift: else its answer is still on the way.
        <Strays inventory={inventory.data} looking={looking || look?.finished_at !== inventory.data.look.finished_at} />
      )}
    </Page>
  );
}

function Lead({ look, looking }: { look: Look | undefined; looking: boolean }) {
  const last = look?.finished_at;
  return (
    <span role="status">
      {looking && 'Looking … '}
      {last ? (
        <>
          {looking ? 'What is shown is as the providers were ' : 'As the providers were '}
          <Time at={last} />.
        </>
      ) : (
        'What providers have that differs from the record.'
      )}
    </span>
  );
}

const WHAT_DRIFT_IS =
  'Drift is a difference between what a stack recorded and what the provider has: somebody resized, renamed, stopped or deleted a server there. A sweep looks regularly; nothing is changed before you decide.';

/** No drift is known. Whether there is none, only a look that has ended and read everything can say. */
function NoDrift({ look, looking }: { look: Look; looking: boolean }) {
  if (looking) return <Loading what="what the providers have" />;
  if (look.finished_at === null)
    return (
      <Empty icon="preview" title="Nobody has looked yet">
        {WHAT_DRIFT_IS}
      </Empty>
    );
  if (look.outcome !== 'ok')
    return (
      <Empty icon="alert" title="The last look did not see everything">
        {look.message ?? 'It was not finished.'}
      </Empty>
    );
  return (
    <Empty icon="check" title="Every server is as recorded">
      {WHAT_DRIFT_IS}
    </Empty>
  );
}

function Strays({ inventory, looking }: { inventory: Inventory; looking: boolean }) {
  const { items, orphan_cost: costs, look } = inventory;
  const known = !looking && look.outcome === 'ok';
  return (
    <Card
      title="What no record accounts for"
      actions={costs.map((cost) => (
        <span key={cost.currency} className="text-bad">
          Orphans cost {money(cost.monthly, cost.currency)} per month
        </span>
      ))}
    >
      {items.length > 0 || known ? (
        <InventoryTable items={items} />
      ) : (
        <p className="text-ink-2">
          {looking ? 'Looking …' : look.finished_at === null ? 'Nobody has looked yet.' : 'The last look did not see everything.'}
        </p>
      )}
    </Card>
  );
}
