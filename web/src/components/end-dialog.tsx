import { useState } from 'react';
import { api, type VpsEnding, type VpsDetail } from '../api/client.ts';
import { useAction } from '../lib/use-action.ts';
import { ConfirmByTyping } from './confirm-by-typing.tsx';
import { SelectField } from './ui/field.tsx';

export const GRACES = [
  { value: '0', label: 'Now: it cannot be undone' },
  { value: '24', label: 'In 24 hours: until then it can be restored' },
  { value: '168', label: 'In 7 days: until then it can be restored' },
] as const;

/** The end of a VPS: at once, or after a time in which it can be taken back. */
export function EndDialog({
  vps,
  open,
  onOpenChange,
  onEnded,
}: {
  vps: VpsDetail;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onEnded: (ending: VpsEnding) => void;
}) {
  const [grace, setGrace] = useState('0');
  const remove = useAction(() => api.deleteVps({ id: vps.id, query: { grace_hours: Number(grace) } }), { quiet: true, done: onEnded });
  return (
    <ConfirmByTyping
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${vps.label}`}
      name={vps.label}
      action="Delete the VPS"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      <p>
        The server {vps.ipv4 ?? ''} at {vps.provider}, everything on its disk, and its DNS name {vps.dns_name ?? ''} will be gone.
        Afterwards the provider is asked whether anything is left.
      </p>
      <div className="mt-3 text-ink">
        <SelectField label="When" value={grace} options={GRACES} onChange={(event) => setGrace(event.target.value)} />
      </div>
    </ConfirmByTyping>
  );
}
