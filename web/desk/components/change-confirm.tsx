/** The second step of a change: what it means, then exactly that or nothing. */
import { type ReactNode, useState } from 'react';
import type { ChangePreview } from '../../../contract/lifecycle.ts';
import { api, type VpsAccepted, type VpsAction, type VpsChange, type VpsDetail } from '../../kit/api/client.ts';
import { consequences } from '../lib/change.ts';
import { cn } from '../../kit/lib/cn.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { kindName, sentenceCase } from '../../kit/lib/words.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Icon } from '../../kit/ui/icon.tsx';

const TONES = { bad: 'text-bad', warn: 'text-warn', quiet: 'text-ink' } as const;

interface ConfirmProps {
  vps: VpsDetail;
  preview: ChangePreview;
  change: VpsChange;
  /** What the change is in detail, for example the lines of a difference. */
  children?: ReactNode;
  onBack: () => void;
  onRequested: (accepted: VpsAccepted) => void;
}

export function ChangeConfirm({ vps, preview, change, children, onBack, onRequested }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  const order = useAction(
    () => api.actOnVps({ id: vps.id, body: { ...change, approval: preview.approval } as VpsAction, idempotencyKey: key }),
    { quiet: true, done: onRequested },
  );
  const grave = preview.data_loss || preview.replaces_instance;
  const reason = grave && typed.trim() !== vps.label ? `Type “${vps.label}” first.` : null;
  return (
    <DialogForm
      error={order.error}
      fields={[]}
      missing={reason}
      busy={order.isPending}
      action={`${kindName(preview.action)} now`}
      variant={grave ? 'danger' : 'primary'}
      cancel="Back"
      onCancel={onBack}
      onSubmit={() => order.mutate()}
    >
      {children}
      <ul className="flex flex-col gap-2" aria-label="What it means">
        {consequences(preview).map(({ tone, text }) => (
          <li key={text} className={cn('flex items-start gap-2', TONES[tone])}>
            <Icon name={tone === 'quiet' ? 'info' : 'alert'} className="mt-0.5" />
            {text}
          </li>
        ))}
      </ul>
      {preview.resources.length > 0 && (
        <ul className="rounded-md border border-line bg-canvas px-3 py-2" aria-label="Resources it touches">
          {preview.resources.map((resource) => (
            <li key={resource.name}>
              {sentenceCase(resource.effect)} <code className="font-mono text-xs">{resource.name}</code>
            </li>
          ))}
        </ul>
      )}
      {grave && (
        <TextField
          label={`Type ${vps.label} to confirm`}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
    </DialogForm>
  );
}
