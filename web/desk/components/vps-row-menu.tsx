/** What can be done with one VPS of the list. What that is now, its own answer says: it is asked when the menu opens. */
import { useQuery } from '@tanstack/react-query';
import type { Operation, Vps, VpsDetail } from '../../kit/api/client.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { vpsOperationsQuery, vpsQuery } from '../../kit/api/queries.ts';
import { useMay, useSession } from '../../kit/lib/use-session.ts';
import { kindName } from '../../kit/lib/words.ts';
import { CopyItem, OpenItem } from '../../kit/parts/row-menu.tsx';
import { MenuItem, MenuLabel, MenuSeparator, MenuSub } from '../../kit/ui/menu.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { rightProblem, vpsActionProblem } from '../lib/abilities.ts';
import { revealProblem } from './reveal-password.tsx';
import { RunAgainItem } from './run-again.tsx';
import { hasEnded } from './tombstone.tsx';
import { VpsDialog, type VpsQuestion } from './vps-dialogs.tsx';
import { ChangeItems, failedOf, hasConsole, PowerItems, useVpsOffers } from './vps-menus.tsx';

/** A question about one VPS that a row's menu asked. */
export interface AskedOf {
  readonly vps: VpsDetail;
  readonly what: VpsQuestion;
  readonly last: Operation | undefined;
}

function tellAsked(vps: Vps, { operation }: { operation: Operation | null }): void {
  if (operation) toast(`Asked for: ${kindName(operation.kind)} ${vps.label}`, { detail: 'The list shows how it goes.' });
}

/** The items. `onAsk` gets what a dialog is to ask; it outlives the menu, so the list holds it. */
export function VpsRowItems({ vps, onAsk }: { vps: Vps; onAsk: (asked: AskedOf) => void }) {
  const detail = useQuery(vpsQuery(vps.id));
  const may = useMay();
  const operations = useQuery({ ...vpsOperationsQuery(vps.id), enabled: may('operation:read') });
  return (
    <>
      <OpenItem to={`/vps/${vps.id}`} />
      <CopyItem text={vps.id} what="id" />
      {vps.ipv4 && <CopyItem text={vps.ipv4} what="IPv4 address" />}
      <MenuSeparator />
      {detail.data ? (
        <Doable vps={detail.data} last={operations.data?.[0]} onAsk={onAsk} />
      ) : (
        <MenuLabel>{detail.error ? asApiError(detail.error).message : 'Asking what can be done…'}</MenuLabel>
      )}
    </>
  );
}

function Doable({ vps, last, onAsk }: { vps: VpsDetail; last: Operation | undefined; onAsk: (asked: AskedOf) => void }) {
  const session = useSession();
  const ask = (what: VpsQuestion): void => onAsk({ vps, what, last });
  const offers = useVpsOffers({ vps, last, ask, onRequested: (accepted) => tellAsked(vps, accepted) });
  const failed = failedOf(last);
  if (hasEnded(vps)) return <OpenItem to={`/vps/${vps.id}?tab=snapshots`}>What is kept of it</OpenItem>;
  return (
    <>
      {failed && (
        <RunAgainItem
          operation={failed}
          problem={rightProblem(session, 'vps:retry') ?? vpsActionProblem('retry', vps, failed)}
          onRetried={(operation) => tellAsked(vps, { operation })}
          onAsk={() => ask('retry')}
        />
      )}
      {vps.terminate_due_at && (
        <MenuItem disabledReason={offers.problem('undo')} onSelect={offers.undo}>
          {kindName('undo')}
        </MenuItem>
      )}
      <MenuItem disabledReason={revealProblem(session, vps)} onSelect={() => ask('reveal')}>
        Reveal password…
      </MenuItem>
      {hasConsole(session, vps) && (
        <MenuItem onSelect={() => void window.open(`/console/${vps.id}`, '_blank', 'noopener')}>Console</MenuItem>
      )}
      <MenuSub label="Power">
        <PowerItems {...offers} />
      </MenuSub>
      <MenuSub label="Change">
        <ChangeItems {...offers} />
      </MenuSub>
      <MenuSeparator />
      <MenuItem danger disabledReason={offers.problem('destroy')} onSelect={() => ask('destroy')}>
        Delete…
      </MenuItem>
    </>
  );
}

/** The dialog that a row's menu asked for. */
export function VpsRowDialog({ asked: { vps, what, last }, onClose }: { asked: AskedOf; onClose: () => void }) {
  return (
    <VpsDialog
      vps={vps}
      what={what}
      last={last}
      onClose={onClose}
      onRequested={(accepted) => {
        onClose();
        tellAsked(vps, accepted);
      }}
    />
  );
}
