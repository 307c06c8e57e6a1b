/** What was read at the provider after the end, apart from the stack. */
import type { VpsDetail } from '../../kit/api/client.ts';
import { cn } from '../../kit/lib/cn.ts';
import { money } from '../../kit/lib/format.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Time } from '../../kit/ui/time.tsx';

type Evidence = NonNullable<VpsDetail['evidence']>;

const RESULTS = {
  gone: ['good', 'Gone'],
  found: ['bad', 'Still there'],
  unread: ['warn', 'Could not be read'],
  kept: ['quiet', 'Kept'],
  missing: ['bad', 'Not there'],
} as const;

/** One line for each thing that was looked for. */
export function ProofLines({ evidence }: { evidence: Evidence }) {
  return (
    <>
      <p className="mb-2 text-ink-2">
        Read at the provider <Time at={evidence.at} />, apart from the stack.
      </p>
      <ul className="flex flex-col gap-2" aria-label="Proof">
        {evidence.checks.map((check) => (
          <li key={check.what} className="flex flex-wrap items-start gap-x-3">
            <Badge tone={RESULTS[check.result][0]}>{RESULTS[check.result][1]}</Badge>
            <span className={cn('min-w-0 flex-1 break-words', RESULTS[check.result][0] === 'bad' && 'text-bad')}>
              {check.what}: {check.detail}
              {check.monthly_cost && `, ${money(check.monthly_cost.monthly, check.monthly_cost.currency)} a month`}
            </span>
          </li>
        ))}
      </ul>
      {evidence.monthly_cost && (
        <p className="mt-2 text-bad">
          What is left costs {money(evidence.monthly_cost.monthly, evidence.monthly_cost.currency)} per month.
        </p>
      )}
    </>
  );
}

/** Of one whose end is not proven yet; what has ended shows it on its tombstone. */
export function Proof({ vps: { evidence, tombstone } }: { vps: VpsDetail }) {
  if (!evidence || tombstone) return null;
  return (
    <Card
      title="Proof of the end"
      actions={<Badge tone={evidence.clean ? 'good' : 'bad'}>{evidence.clean ? 'Nothing is left' : 'Not clean'}</Badge>}
    >
      <ProofLines evidence={evidence} />
    </Card>
  );
}
