/** What can be done to one VPS. What cannot be done now says why. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Accepted, type Operation, type Vps } from '../api/client.ts';
import { roleProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useAction } from '../lib/use-action.ts';
import { useSession } from '../lib/use-session.ts';
import { ConfirmByTyping } from './confirm-by-typing.tsx';
import { RevealPassword } from './reveal-password.tsx';
import { Button } from './ui/button.tsx';

export function VpsActions({ vps, last }: { vps: Vps; last: Operation | undefined }) {
  const mayNot = roleProblem(useSession(), 'operator');
  const navigate = useNavigate();
  const [deleting, askDelete] = useState(false);
  const show = ({ operation }: Accepted): void => {
    askDelete(false);
    void navigate({ to: '/vps/$id', params: { id: vps.id }, search: { operation: operation.id } });
  };
  const act = useAction((action: 'refresh' | 'preview' | 'retry') => api.vpsAct(vps.id, action, crypto.randomUUID()), { done: show });
  const remove = useAction(() => api.vpsDelete(vps.id), { quiet: true, done: show });
  const failed = last && ['failed', 'stalled', 'cancelled'].includes(last.status);
  const busy = (action: string): boolean => act.isPending && act.variables === action;
  return (
    <>
      {failed && (
        <Button
          variant="primary"
          icon="retry"
          busy={busy('retry')}
          disabledReason={mayNot ?? vpsActionProblem('retry', vps, last)}
          onClick={() => act.mutate('retry')}
        >
          Run again
        </Button>
      )}
      <RevealPassword vps={vps} />
      <Button
        icon="refresh"
        busy={busy('refresh')}
        disabledReason={mayNot ?? vpsActionProblem('refresh', vps, last)}
        onClick={() => act.mutate('refresh')}
      >
        Refresh
      </Button>
      <Button
        icon="preview"
        busy={busy('preview')}
        disabledReason={mayNot ?? vpsActionProblem('preview', vps, last)}
        onClick={() => act.mutate('preview')}
      >
        Preview
      </Button>
      <Button
        icon="trash"
        variant="danger"
        disabledReason={mayNot ?? vpsActionProblem('delete', vps, last)}
        onClick={() => askDelete(true)}
      >
        Delete
      </Button>
      <ConfirmByTyping
        open={deleting}
        onOpenChange={askDelete}
        title={`Delete ${vps.label}`}
        name={vps.label}
        action="Delete the VPS"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        The server {vps.ipv4 ?? ''} at {vps.provider}, everything on its disk, and its DNS name {vps.dns_name ?? ''} will be gone. This
        cannot be undone.
        {last && ['queued', 'running'].includes(last.status) && ' What runs for it now is asked to stop first.'}
      </ConfirmByTyping>
    </>
  );
}
