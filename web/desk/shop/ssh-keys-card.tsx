/** The SSH keys that a customer keeps, for questions about them; taking one away where the right allows it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Routes } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { customersKeysQuery } from './queries.ts';

type SshKey = Routes['listSshKeys']['answer']['ssh_keys'][number];

export function SshKeysCard({ organizationId }: { organizationId: string }) {
  const may = useMay();
  const keys = useQuery({ ...customersKeysQuery(organizationId), enabled: may('ssh-key:read') });
  const [leaving, remove] = useState<SshKey | null>(null);
  if (!may('ssh-key:read')) return null;
  return (
    <Card title="SSH keys">
      {keys.error && <ProblemNote error={keys.error} retry={() => void keys.refetch()} />}
      {keys.isPending && <Loading what="the SSH keys" />}
      {keys.data?.length === 0 && <p className="text-ink-2">None kept.</p>}
      <ul className="divide-y divide-line">
        {keys.data?.map((key) => (
          <li key={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span className="min-w-0 flex-1 basis-72">
              <span className="font-medium break-words">{key.name}</span>
              <code className="block font-mono text-xs break-all text-ink-2">
                {key.type} {key.fingerprint}
              </code>
            </span>
            <span className="text-ink-2">
              added by {key.added_by} <Time at={key.created_at} />
            </span>
            <span className="text-ink-2">
              {key.last_used_at === null ? (
                'never used'
              ) : (
                <>
                  last used <Time at={key.last_used_at} />
                </>
              )}
            </span>
            {may('ssh-key:write') && (
              <Button variant="danger" aria-label={`Remove ${key.name}`} onClick={() => remove(key)}>
                Remove
              </Button>
            )}
          </li>
        ))}
      </ul>
      {leaving && <RemoveKey of={leaving} onClose={() => remove(null)} />}
    </Card>
  );
}

function RemoveKey({ of: key, onClose }: { of: SshKey; onClose: () => void }) {
  const remove = useAction(() => api.deleteSshKey({ id: key.id }), { quiet: true, done: onClose });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Remove ${key.name}?`}
      description="The customer can no longer pick it. Servers that have it keep it and let it in as before."
    >
      <DialogForm
        error={remove.error}
        fields={[]}
        missing={null}
        busy={remove.isPending}
        action="Remove"
        variant="danger"
        onCancel={onClose}
        onSubmit={() => remove.mutate(undefined)}
      >
        <code className="font-mono text-xs break-all">{key.fingerprint}</code>
      </DialogForm>
    </Dialog>
  );
}
