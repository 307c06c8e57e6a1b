import { useState } from 'react';
import { api, type VpsAccepted, type VpsDetail } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ReasonDialog } from '../../kit/parts/reason-dialog.tsx';

/** Switches a server off until somebody lifts it; the disk stays. */
export function SuspendDialog({
  vps,
  onClose,
  onRequested,
}: {
  vps: VpsDetail;
  onClose: () => void;
  onRequested: (accepted: VpsAccepted) => void;
}) {
  const [key] = useState(() => crypto.randomUUID());
  const suspend = useAction((reason: string) => api.actOnVps({ id: vps.id, body: { action: 'suspend', reason }, idempotencyKey: key }), {
    quiet: true,
    done: onRequested,
  });
  return (
    <ReasonDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Suspend ${vps.label}`}
      lead="The server is switched off and stays off until the suspension ends. Its disk and address stay."
      action="Suspend"
      variant="danger"
      busy={suspend.isPending}
      error={suspend.error}
      onReason={(reason) => suspend.mutate(reason)}
    />
  );
}
