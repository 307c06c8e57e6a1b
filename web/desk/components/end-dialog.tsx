import { useState } from 'react';
import { api, type VpsEnding, type VpsDetail } from '../../kit/api/client.ts';
import { featureProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { Checkbox, SelectField } from '../../kit/ui/field.tsx';

/** The first is chosen unless somebody chooses another: what can be taken back. */
export const GRACES = [
  { value: '24', label: 'In 24 hours; restorable until then' },
  { value: '168', label: 'In 7 days; restorable until then' },
  { value: '0', label: 'Now: it cannot be undone' },
] as const;

interface EndProps {
  vps: VpsDetail;
  onClose: () => void;
  onEnded: (ending: VpsEnding) => void;
}

/** The end of a VPS: at once, or after a time in which it can be taken back; with or without something that stays of it. */
export function EndDialog({ vps, onClose, onEnded }: EndProps) {
  const [grace, setGrace] = useState<string>(GRACES[0].value);
  const [snapshot, setSnapshot] = useState(vps.final_snapshot);
  // The server is not its own yet, so it stays.
  const imported = vps.capabilities.start?.code !== 'import_unfinished';
  const cannot = featureProblem(vps, 'snapshots') ?? (!vps.has_server ? 'It has no server that a snapshot could be made of.' : null);
  const remove = useAction(
    () => api.deleteVps({ id: vps.id, query: { grace_hours: Number(grace), final_snapshot: snapshot && cannot === null } }),
    { quiet: true, done: onEnded },
  );
  return (
    <ConfirmByTyping
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${vps.label}`}
      name={vps.label}
      action="Delete the VPS"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      {imported ? (
        <>
          <p>
            The server {vps.ipv4 ?? ''} at {vps.names.provider}, everything on its disk, its snapshots and backups, and its DNS name{' '}
            {vps.dns_name ?? ''} will be gone{grace === '0' ? ' at once' : ' when that time is over; until then it runs on'}. Afterwards the
            provider is asked whether anything is left.
          </p>
          <div className="mt-3 flex flex-col gap-3 text-ink">
            <SelectField label="When" value={grace} options={GRACES} onChange={(event) => setGrace(event.target.value)} />
            <Checkbox
              label="Make a final snapshot first and keep it"
              checked={snapshot && cannot === null}
              disabled={cannot !== null}
              onChange={(event) => setSnapshot(event.target.checked)}
              help={cannot ?? 'It costs money until it is deleted on this page. When it cannot be made, nothing is destroyed.'}
            />
          </div>
        </>
      ) : (
        <p>Its import has not succeeded. Only its record here and its DNS name go; the server at {vps.names.provider} stays as it is.</p>
      )}
    </ConfirmByTyping>
  );
}
