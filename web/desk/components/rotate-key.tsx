import { useState } from 'react';
import { api, type Account, type AvailableProvider } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { CredentialFields, keyOf } from './add-account.tsx';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { toast } from '../../kit/ui/toast.tsx';

interface RotateProps {
  account: Account;
  provider: AvailableProvider;
  onClose: () => void;
}

/** A new key for the same account. The old one stays until the new one has worked; no stack is touched. */
export function RotateDialog({ account, provider, onClose }: RotateProps) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`New key for ${account.name}`}
      description="It is tried first; until it works, the old one stays. No VPS is touched."
    >
      <RotateForm account={account} provider={provider} onClose={onClose} />
    </Dialog>
  );
}

function RotateForm({ account, provider, onClose }: RotateProps) {
  const fields = provider.credential_fields;
  const [key, setKey] = useState<Readonly<Record<string, string>>>({});
  const rotate = useAction(() => api.rotateAccountKey({ id: account.id, body: { api_key: keyOf(fields, key) } }), {
    quiet: true,
    done: ({ provider: changed }) => {
      toast(`The key of “${changed.name}” is now version ${changed.key_version}.`);
      onClose();
    },
  });
  const empty = fields.find(({ name, optional }) => !optional && !key[name]);
  return (
    <DialogForm
      error={rotate.error}
      fields={['api_key']}
      missing={empty ? `Fill in ${empty.label} first.` : null}
      busy={rotate.isPending}
      action="Try the key and replace"
      onCancel={onClose}
      onSubmit={() => rotate.mutate()}
    >
      <CredentialFields fields={fields} value={key} onChange={setKey} problem={rotate.error} />
    </DialogForm>
  );
}
