/** A change in two steps: say what, see what it means, then do exactly that or nothing. */
import { type FormEvent, useState } from 'react';
import type { ChangePreview, VpsActionName } from '../../../contract/lifecycle.ts';
import { api, type VpsAccepted, type VpsAction, type VpsChange, type VpsDetail } from '../api/client.ts';
import { asApiError } from '../api/problem.ts';
import { consequences } from '../lib/change.ts';
import { cn } from '../lib/cn.ts';
import { useAction } from '../lib/use-action.ts';
import { kindName, sentenceCase } from '../lib/words.ts';
import { ChangeFields, type ChangeForm, changeBody, CHANGE_LEADS } from './change-fields.tsx';
import { ProblemNote } from './problem-note.tsx';
import { Button } from './ui/button.tsx';
import { Dialog, DialogFooter } from './ui/dialog.tsx';
import { TextField } from './ui/field.tsx';
import { Icon } from './ui/icon.tsx';

export type ChangeAction = Extract<VpsActionName, 'rename' | 'resize' | 'reinstall' | 'reset-password' | 'configure'>;

interface ChangeProps {
  vps: VpsDetail;
  action: ChangeAction;
  onClose: () => void;
  onOrdered: (accepted: VpsAccepted) => void;
}

export function ChangeDialog({ vps, action, onClose, onOrdered }: ChangeProps) {
  const [form, setForm] = useState<ChangeForm>(() => ({
    label: vps.label,
    plan: vps.plan,
    image: vps.image,
    tags: vps.tags.join(', '),
    firewall: 'keep',
  }));
  const [planned, setPlanned] = useState<{ preview: ChangePreview; change: VpsChange } | null>(null);
  const preview = useAction((change: VpsChange) => api.previewVps({ id: vps.id, body: { change } }), {
    quiet: true,
    done: (answer) => answer.preview && setPlanned({ preview: answer.preview, change: changeBody(action, form) }),
  });
  const body = changeBody(action, form);
  const unchanged = noChange(action, form, vps);
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    if (unchanged === null) preview.mutate(body);
  };
  const problem = preview.error ? asApiError(preview.error) : null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`${kindName(action)} ${vps.label}`} description={CHANGE_LEADS[action]}>
      {planned ? (
        <Confirm vps={vps} planned={planned} onBack={() => setPlanned(null)} onOrdered={onOrdered} />
      ) : (
        <form onSubmit={ask} className="mt-4 flex flex-col gap-4" noValidate>
          <ChangeFields vps={vps} action={action} form={form} set={(part) => setForm((old) => ({ ...old, ...part }))} problem={problem} />
          {problem && problem.errors.length === 0 ? <ProblemNote error={problem} /> : null}
          <DialogFooter>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" icon="preview" busy={preview.isPending} disabledReason={unchanged}>
              See what it means
            </Button>
          </DialogFooter>
        </form>
      )}
    </Dialog>
  );
}

function noChange(action: ChangeAction, form: ChangeForm, vps: VpsDetail): string | null {
  if (action === 'rename' && form.label === vps.label) return 'Give it another name first.';
  if (action === 'resize' && form.plan === vps.plan) return 'Choose another plan first.';
  return null;
}

const TONES = { bad: 'text-bad', warn: 'text-warn', quiet: 'text-ink' } as const;

interface ConfirmProps {
  vps: VpsDetail;
  planned: { preview: ChangePreview; change: VpsChange };
  onBack: () => void;
  onOrdered: (accepted: VpsAccepted) => void;
}

function Confirm({ vps, planned: { preview, change }, onBack, onOrdered }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  const order = useAction(
    () => api.actOnVps({ id: vps.id, body: { ...change, approval: preview.approval } as VpsAction, idempotencyKey: key }),
    {
      quiet: true,
      done: onOrdered,
    },
  );
  const grave = preview.data_loss || preview.replaces_instance;
  const reason = grave && typed.trim() !== vps.label ? `Type “${vps.label}” first.` : null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason === null) order.mutate();
  };
  return (
    <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
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
      {order.error ? <ProblemNote error={order.error} /> : null}
      <DialogFooter>
        <Button onClick={onBack}>Back</Button>
        <Button type="submit" variant={grave ? 'danger' : 'primary'} busy={order.isPending} disabledReason={reason}>
          {kindName(preview.action)} now
        </Button>
      </DialogFooter>
    </form>
  );
}
