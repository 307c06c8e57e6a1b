import type { ReactNode } from 'react';
import type { VpsDetail } from '../../kit/api/client.ts';
import { Icon } from '../../kit/ui/icon.tsx';
import { Time } from '../../kit/ui/time.tsx';

/** What somebody who opens the page must know first. */
export function VpsNotices({ vps }: { vps: VpsDetail }) {
  return (
    <>
      {vps.status === 'ending' && (
        <Notice>
          Its end is ordered. Its provider takes the server {vps.ends_at ? <Time at={vps.ends_at} /> : 'at the end of the paid period'};
          until then it runs{vps.capabilities.undo.allowed ? ', and its end can be taken back' : ''}.
        </Notice>
      )}
      {vps.terminate_due_at && (
        <Notice>
          It will be deleted <Time at={vps.terminate_due_at} />. Until then that can be taken back.
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
