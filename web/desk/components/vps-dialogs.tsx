/** What is asked before something is done to a VPS: the same questions on its page and from a list. */
import type { Operation, VpsAccepted, VpsDetail, VpsEnding } from '../../kit/api/client.ts';
import { ChangeDialog } from './change-dialog.tsx';
import type { ChangeAction } from './change-fields.tsx';
import { EndDialog } from './end-dialog.tsx';
import { OwnerDialog } from './owner-dialog.tsx';
import { RevealDialog } from './reveal-password.tsx';
import { CauseDialog } from './run-again.tsx';
import { SuspendDialog } from './suspend-dialog.tsx';

export type VpsQuestion = ChangeAction | 'suspend' | 'owner' | 'destroy' | 'reveal' | 'retry';

interface VpsDialogProps {
  vps: VpsDetail;
  what: VpsQuestion;
  /** Its last operation, where it can be run again. */
  last?: Operation | undefined;
  onClose: () => void;
  onRequested: (accepted: VpsAccepted | VpsEnding) => void;
}

export function VpsDialog({ vps, what, last, onClose, onRequested }: VpsDialogProps) {
  switch (what) {
    case 'suspend':
      return <SuspendDialog vps={vps} onClose={onClose} onRequested={onRequested} />;
    case 'owner':
      return <OwnerDialog vps={vps} onClose={onClose} />;
    case 'destroy':
      return <EndDialog vps={vps} onClose={onClose} onEnded={onRequested} />;
    case 'reveal':
      return <RevealDialog vps={vps} onClose={onClose} />;
    case 'retry':
      return (
        last && <CauseDialog operation={last} onClose={onClose} onRetried={(operation) => onRequested({ operation, instance: vps })} />
      );
    default:
      return <ChangeDialog vps={vps} action={what} onClose={onClose} onRequested={onRequested} />;
  }
}
