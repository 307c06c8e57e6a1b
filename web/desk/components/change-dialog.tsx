/** The changes of the menu: one form each, previewed before they are done. */
import { useState } from 'react';
import { KEEP_SETUP } from '../../features/vps/setup-form.ts';
import type { VpsAccepted, VpsDetail } from '../../kit/api/client.ts';
import { kindName, kindWords } from '../../kit/lib/words.ts';
import { type ChangeAction, ChangeFields, type ChangeForm, changeBody, tagsOf } from './change-fields.tsx';
import { PreviewedDialog } from './previewed-dialog.tsx';

interface ChangeProps {
  vps: VpsDetail;
  action: ChangeAction;
  onClose: () => void;
  onRequested: (accepted: VpsAccepted) => void;
}

export function ChangeDialog({ vps, action, onClose, onRequested }: ChangeProps) {
  const [form, setForm] = useState<ChangeForm>(() => ({
    label: vps.label,
    plan: vps.plan,
    image: vps.image,
    setup: KEEP_SETUP,
    tags: vps.tags.join(', '),
  }));
  return (
    <PreviewedDialog
      vps={vps}
      title={`${action === 'configure' ? 'Tags of' : kindName(action)} ${vps.label}`}
      lead={kindWords(action)?.lead ?? ''}
      change={changeBody(action, form)}
      hold={noChange(action, form, vps)}
      showsFieldErrors
      onClose={onClose}
      onRequested={onRequested}
    >
      {(problem) => (
        <ChangeFields vps={vps} action={action} form={form} set={(part) => setForm((old) => ({ ...old, ...part }))} problem={problem} />
      )}
    </PreviewedDialog>
  );
}

function noChange(action: ChangeAction, form: ChangeForm, vps: VpsDetail): string | null {
  if (action === 'rename' && form.label === vps.label) return 'Give it another name first.';
  if (action === 'resize' && form.plan === vps.plan) return 'Choose another plan first.';
  if (action === 'configure' && tagsOf(form.tags).join() === vps.tags.join()) return 'Change the tags first.';
  return null;
}
