import type { ReactNode } from 'react';
import type { VpsDetail } from '../api/client.ts';
import { cn } from '../lib/cn.ts';
import { money } from '../lib/format.ts';
import { Badge } from './ui/badge.tsx';
import { Card } from './ui/card.tsx';
import { Icon } from './ui/icon.tsx';
import { Time } from './ui/time.tsx';

/** What somebody who opens the page must know first. */
export function VpsNotices({ vps }: { vps: VpsDetail }) {
  return (
    <>
      {vps.terminate_due_at && (
        <Notice>
          It will be deleted <Time at={vps.terminate_due_at} />. Until then it can be restored.
          {vps.final_snapshot && ' A final snapshot of it will be made first and kept.'}
        </Notice>
      )}
      {vps.suspension && (
        <Notice>
          Suspended since <Time at={vps.suspension.since} />: {vps.suspension.reason}
        </Notice>
      )}
      {vps.rescue_since && (
        <Notice>
          It runs the provider’s rescue system since <Time at={vps.rescue_since} />, not its own. Leave it under “Power”.
        </Notice>
      )}
      {vps.maintenance && <Notice>In maintenance: {vps.maintenance}</Notice>}
    </>
  );
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex items-start gap-2 rounded-md border border-warn/50 bg-warn-soft px-4 py-3">
      <Icon name="alert" className="mt-0.5 text-warn" />
      <span>{children}</span>
    </p>
  );
}

const RESULTS = { gone: ['good', 'Gone'], found: ['bad', 'Still there'], unread: ['warn', 'Could not be read'] } as const;

/** What was read at the provider after the end, apart from the stack. */
export function Proof({ vps }: { vps: VpsDetail }) {
  const { evidence } = vps;
  if (!evidence) return null;
  return (
    <Card
      title="Proof of the end"
      actions={<Badge tone={evidence.clean ? 'good' : 'bad'}>{evidence.clean ? 'Nothing is left' : 'Not clean'}</Badge>}
    >
      <p className="mb-2 text-ink-2">
        Read at the provider <Time at={evidence.at} />, apart from the stack.
      </p>
      <ul className="flex flex-col gap-2">
        {evidence.checks.map((check) => (
          <li key={check.what} className="flex flex-wrap items-start gap-x-3">
            <Badge tone={RESULTS[check.result][0]}>{RESULTS[check.result][1]}</Badge>
            <span className={cn('min-w-0 flex-1 break-words', check.result === 'found' && 'text-bad')}>
              {check.what}: {check.detail}
            </span>
          </li>
        ))}
      </ul>
      {evidence.monthly_cost && (
        <p className="mt-2 text-bad">
          What is left costs {money(evidence.monthly_cost.monthly, evidence.monthly_cost.currency)} per month.
        </p>
      )}
    </Card>
  );
}
