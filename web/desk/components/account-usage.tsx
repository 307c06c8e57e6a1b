import { useQuery } from '@tanstack/react-query';
import type { Account } from '../../kit/api/client.ts';
import { usageQuery } from '../../kit/api/queries.ts';
import { count, duration, money } from '../../kit/lib/format.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';

/** How much of the account is used, asked at the provider when the page opens. */
export function AccountUsageCard({ account }: { account: Account }) {
  const usage = useQuery(usageQuery(account.id));
  return (
    <Card
      title="Use"
      actions={
        <Button icon="refresh" busy={usage.isFetching} onClick={() => void usage.refetch()}>
          Ask again
        </Button>
      }
    >
      {usage.isLoading && <Loading what="the use" />}
      {usage.error && <ProblemNote error={usage.error} />}
      {usage.data && (
        <Facts
          items={[
            ['Servers', usage.data.instances && <Servers key="servers" {...usage.data.instances} />],
            ['Balance', usage.data.balance && balanceText(usage.data.balance)],
            ['Not yet billed', usage.data.pending && money(Number(usage.data.pending.amount), usage.data.pending.currency)],
            [
              'Calls left',
              `${count(usage.data.rate.left)} of ${count(usage.data.rate.requests)} per ${periodText(usage.data.rate.per_ms)}`,
            ],
            ['Paused', usage.data.rate.paused_ms > 0 ? `for ${duration(usage.data.rate.paused_ms)}: the provider asked for it` : null],
            ['Known there as', usage.data.account_name],
            ['Status there', sentenceCase(usage.data.account_status)],
          ]}
        />
      )}
    </Card>
  );
}

function Servers({ used, ours, limit }: { used: number; ours: number; limit: number | null }) {
  return (
    <>
      {limit === null ? count(used) : `${count(used)} of ${count(limit)}`}
      {limit !== null && (
        <meter aria-hidden="true" min={0} max={Math.max(limit, 1)} value={used} className="plain-meter mt-1 block h-1.5 w-full" />
      )}
      <span className="block text-xs text-ink-2">
        {count(ours)} {ours === 1 ? 'is a VPS' : 'are VPSes'} here
      </span>
    </>
  );
}

const PERIODS: Readonly<Record<number, string>> = { 1000: 'second', 60_000: 'minute', 3_600_000: 'hour', 86_400_000: 'day' };
const periodText = (ms: number): string => PERIODS[ms] ?? duration(ms);

function balanceText({ amount, currency }: { amount: string; currency: string }): string {
  const owed = Number(amount);
  if (owed === 0) return 'nothing owed';
  return owed > 0 ? `${money(owed, currency)} owed` : `${money(-owed, currency)} left`;
}
