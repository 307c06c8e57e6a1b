import { useState } from 'react';
import { api, type Account, type AvailableProvider } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { CredentialFields, keyOf } from './add-account.tsx';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { May } from '../../kit/parts/may.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { toast } from '../../kit/ui/toast.tsx';

/** A new key for the same account. The old one stays until the new one has worked; no stack is touched. */
export function RotateKey({ account, provider }: { account: Account; provider: AvailableProvider }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <May call="rotateAccountKey">
        <Button icon="key" onClick={() => setOpen(true)}>
          Rotate key
        </Button>
      </May>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`New key for ${account.name}`}
        description="It is tried first; until it works, the old one stays. No VPS is touched."
      >
        <RotateForm account={account} provider={provider} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function RotateForm({ account, provider, onDone }: { account: Account; provider: AvailableProvider; onDone: () => void }) {
  const fields = provider.credential_fields;
  const [key, setKey] = useState<Readonly<Record<string, string>>>({});
  const rotate = useAction(() => api.rotateAccountKey({ id: account.id, body: { api_key: keyOf(fields, key) } }), {
    quiet: true,
    done: ({ provider: changed }) => {
      toast(`The key of “${changed.name}” is now version ${changed.key_version}.`);
      onDone();
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
      onCancel={onDone}
      onSubmit={() => rotate.mutate()}
    >
      <CredentialFields fields={fields} value={key} onChange={setKey} problem={rotate.error} />
    </DialogForm>
  );
}
