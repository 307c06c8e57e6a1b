/** The public SSH keys that the organization keeps. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { dayOf } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { AddKey, type SshKey } from '../parts/add-key.tsx';
import { Page } from '../parts/page.tsx';
import { RenameDialog } from '../parts/rename-dialog.tsx';
import { sshKeysQuery } from '../queries.ts';
import { keyWords } from '../words/keys.ts';

export function KeysPage() {
  const t = keyWords.use();
  const keys = useQuery(sshKeysQuery);
  const mayChange = useMay()('ssh-key:write');
  const [open, setOpen] = useState<{ what: 'rename' | 'remove'; key: SshKey } | null>(null);
  return (
    <Page title={t('title')} lead={t('lead')}>
      {keys.error && <ProblemNote error={keys.error} retry={() => void keys.refetch()} />}
      {keys.isLoading && <Loading what={t('theKeys')} />}
      {keys.data?.length === 0 && (
        <Empty icon="key" title={t('none')}>
          {t('noneWhy')}
        </Empty>
      )}
      {keys.data && keys.data.length > 0 && (
        <Card title={t('kept')}>
          <ul className="divide-y divide-line">
            {keys.data.map((key) => (
              <li key={key.id} className="flex flex-wrap items-center gap-3 py-2.5">
                <span className="min-w-0 flex-1 basis-60">
                  <span className="font-medium break-words">{key.name}</span>
                  <code className="block font-mono text-xs break-all text-ink-2">
                    {key.type} {key.fingerprint}
                  </code>
                  <span className="block text-sm text-ink-2">
                    {t('addedBy', { who: key.added_by, date: dayOf(new Date(key.created_at)) })} ·{' '}
                    {key.last_used_at === null ? t('neverUsed') : t('lastUsed', { date: dayOf(new Date(key.last_used_at)) })}
                  </span>
                </span>
                {mayChange && (
                  <>
                    <Button aria-label={t('renameTitle', { name: key.name })} onClick={() => setOpen({ what: 'rename', key })}>
                      {t('rename')}
                    </Button>
                    <Button variant="danger" aria-label={`${t('remove')}: ${key.name}`} onClick={() => setOpen({ what: 'remove', key })}>
                      {t('remove')}
                    </Button>
                  </>
                )}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {keys.data && mayChange && (
        <Card title={t('add')}>
          <AddKey />
        </Card>
      )}
      {open?.what === 'rename' && (
        <RenameDialog
          title={t('renameTitle', { name: open.key.name })}
          name={open.key.name}
          label={t('newName')}
          action={t('rename')}
          field="name"
          maxLength={60}
          rename={(name) => api.updateSshKey({ id: open.key.id, body: { name } })}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.what === 'remove' && <RemoveKey of={open.key} onClose={() => setOpen(null)} />}
    </Page>
  );
}

interface OneKeyProps {
  of: SshKey;
  onClose: () => void;
}

function RemoveKey({ of: key, onClose }: OneKeyProps) {
  const t = keyWords.use();
  const remove = useAction(() => api.deleteSshKey({ id: key.id }), { quiet: true, done: onClose });
  return (
    <Dialog open onOpenChange={onClose} title={t('removeTitle', { name: key.name })} description={t('removeLead')}>
      <DialogForm
        error={remove.error}
        fields={[]}
        missing={null}
        busy={remove.isPending}
        action={t('remove')}
        variant="danger"
        onCancel={onClose}
        onSubmit={() => remove.mutate(undefined)}
      >
        <code className="font-mono text-xs break-all">{key.fingerprint}</code>
      </DialogForm>
    </Dialog>
  );
}
