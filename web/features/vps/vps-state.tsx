import { Link } from '@tanstack/react-router';
import type { Vps } from '../../kit/api/client.ts';
import { powerOf, sentenceCase, statusTone, underWayText } from '../../kit/lib/words.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Time } from '../../kit/ui/time.tsx';

export function StatusBadge({ vps }: { vps: Vps }) {
  return <Badge tone={statusTone(vps)}>{sentenceCase(vps.status)}</Badge>;
}

export function PowerBadge({ vps }: { vps: Vps }) {
  const power = powerOf(vps);
  return power && <Badge tone={power.tone}>{power.text}</Badge>;
}

/** Status, power and what is under way: three things, side by side. */
export function VpsState({ vps }: { vps: Vps }) {
  const work = underWayText(vps);
  return (
    <>
      <StatusBadge vps={vps} />
      <PowerBadge vps={vps} />
      {vps.under_way && (
        <Link to="/operations/$id" params={{ id: vps.under_way.operation_id }} className="underline-offset-2 hover:underline">
          <Badge tone="busy">{work}</Badge>
        </Link>
      )}
    </>
  );
}

/** In words, with when that was seen. */
export function Power({ vps }: { vps: Vps }) {
  if (vps.power_state === null) return vps.power_seen_at ? 'not known' : null;
  return (
    <>
      {sentenceCase(vps.power_state)}
      {vps.power_seen_at && (
        <span className="text-ink-2">
          , seen <Time at={vps.power_seen_at} />
        </span>
      )}
    </>
  );
}
