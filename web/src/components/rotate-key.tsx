import { type FormEvent, useState } from 'react';
import { api, type Account, type AvailableProvider } from '../api/client.ts';
import { asApiError } from '../api/problem.ts';
import { useAction } from '../lib/use-action.ts';
import { CredentialFields } from './add-account.tsx';
import { ProblemNote } from './problem-note.tsx';
import { Button } from './ui/button.tsx';
import { Dialog, DialogFooter } from './ui/dialog.tsx';
import { toast } from './ui/toast.tsx';

/** A new key for the same account. The old one stays until the new one has worked; no stack is touched. */
export function RotateKey({ account, provider }: { account: Account; provider: AvailableProvider }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon="key" onClick={() => setOpen(true)}>
        Rotate key
      </Button>
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
  const rotate = useAction(
    () => api.rotateAccountKey({ id: account.id, body: { api_key: fields.length === 1 ? (key[fields[0]!.name] ?? '') : { ...key } } }),
    {
      quiet: true,
      done: ({ provider: changed }) => {
        toast(`The key of “${changed.name}” is now version ${changed.key_version}.`);
        onDone();
      },
    },
  );
  const empty = fields.find((field) => !key[field.name]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!empty) rotate.mutate();
  };
  const problem = rotate.error ? asApiError(rotate.error) : null;
  return (
    <form onSubmit={submit} className="mt-4 flex flex-col gap-4" noValidate>
      <CredentialFields fields={fields} value={key} onChange={setKey} problem={problem} />
      {problem && problem.errors.length === 0 ? <ProblemNote error={problem} /> : null}
      <DialogFooter>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" busy={rotate.isPending} disabledReason={empty ? `Fill in ${empty.label} first.` : null}>
          Try the key and replace
        </Button>
      </DialogFooter>
    </form>
  );
}
