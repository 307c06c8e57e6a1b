/** What can be done to one VPS. What cannot be done now says why, in the server's words. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import { api, type Operation, type Vps, type VpsAction, type VpsDetail } from '../api/client.ts';
import { capabilityProblem, roleProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useAction } from '../lib/use-action.ts';
import { useSession } from '../lib/use-session.ts';
import { kindName } from '../lib/words.ts';
import { type ChangeAction, ChangeDialog } from './change-dialog.tsx';
import { EndDialog } from './end-dialog.tsx';
import { RevealPassword } from './reveal-password.tsx';
import { SuspendDialog } from './suspend-dialog.tsx';
import { Button } from './ui/button.tsx';
import { Icon } from './ui/icon.tsx';
import { Menu, MenuItem, MenuSeparator } from './ui/menu.tsx';
import { toast } from './ui/toast.tsx';

const POWER = ['start', 'stop', 'reboot', 'power-cycle'] as const;
const CHANGES: readonly ChangeAction[] = ['rename', 'resize', 'reinstall', 'reset-password', 'configure'];
const LOOKS = { refresh: api.refreshVps, preview: api.previewVps, retry: api.retryVps } as const;
const once = ({ id }: Vps) => ({ id, idempotencyKey: crypto.randomUUID() });
type Asking = ChangeAction | 'suspend' | 'destroy' | null;

export function VpsActions({ vps, last }: { vps: VpsDetail; last: Operation | undefined }) {
  const navigate = useNavigate();
  const [asking, ask] = useState<Asking>(null);
  const show = ({ operation }: { operation: Operation | null }): void => {
    ask(null);
    if (operation) void navigate({ to: '/vps/$id', params: { id: vps.id }, search: { operation: operation.id } });
  };
  const look = useAction((action: keyof typeof LOOKS) => LOOKS[action](once(vps)), { done: show });
  const act = useAction((body: VpsAction) => api.actOnVps({ ...once(vps), body }), { done: show });
  const restore = useAction(() => api.restoreVps({ id: vps.id }), { done: () => toast(`${vps.label} stays.`) });
  const mayNot = roleProblem(useSession(), 'operator');
  const problem = (action: VpsActionName): string | null => mayNot ?? capabilityProblem(vps, action);
  const failed = last && ['failed', 'stalled', 'cancelled'].includes(last.status);
  return (
    <>
      {failed && (
        <Button
          variant="primary"
          icon="retry"
          busy={look.isPending}
          disabledReason={mayNot ?? vpsActionProblem('retry', vps, last)}
          onClick={() => look.mutate('retry')}
        >
          Run again
        </Button>
      )}
      {vps.terminate_due_at && (
        <Button
          variant="primary"
          icon="retry"
          busy={restore.isPending}
          disabledReason={problem('restore')}
          onClick={() => restore.mutate()}
        >
          Restore
        </Button>
      )}
      <RevealPassword vps={vps} />
      <Menu trigger={<MenuButton text="Power" busy={act.isPending} />}>
        {POWER.map((action) => (
          <MenuItem key={action} disabledReason={problem(action)} onSelect={() => act.mutate({ action })}>
            {kindName(action)}
          </MenuItem>
        ))}
      </Menu>
      <Menu trigger={<MenuButton text="Change" busy={look.isPending} />}>
        {CHANGES.map((action) => (
          <MenuItem key={action} disabledReason={problem(action)} onSelect={() => ask(action)}>
            {kindName(action)}…
          </MenuItem>
        ))}
        <MenuSeparator />
        {vps.suspension ? (
          <MenuItem disabledReason={problem('unsuspend')} onSelect={() => act.mutate({ action: 'unsuspend' })}>
            End the suspension
          </MenuItem>
        ) : (
          <MenuItem disabledReason={problem('suspend')} onSelect={() => ask('suspend')}>
            Suspend…
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem disabledReason={mayNot ?? vpsActionProblem('refresh', vps, last)} onSelect={() => look.mutate('refresh')}>
          Refresh: ask the provider
        </MenuItem>
        <MenuItem disabledReason={mayNot ?? vpsActionProblem('preview', vps, last)} onSelect={() => look.mutate('preview')}>
          Preview the next update
        </MenuItem>
      </Menu>
      <Button icon="trash" variant="danger" disabledReason={problem('destroy')} onClick={() => ask('destroy')}>
        Delete
      </Button>
      {asking !== null && asking !== 'suspend' && asking !== 'destroy' && (
        <ChangeDialog vps={vps} action={asking} onClose={() => ask(null)} onOrdered={show} />
      )}
      {asking === 'suspend' && <SuspendDialog vps={vps} onClose={() => ask(null)} onOrdered={show} />}
      <EndDialog vps={vps} open={asking === 'destroy'} onOpenChange={(open) => ask(open ? 'destroy' : null)} onEnded={show} />
    </>
  );
}

/** Passes on what the menu gives its trigger. */
function MenuButton({ text, busy, ...rest }: { text: string; busy: boolean }) {
  return (
    <Button busy={busy} {...rest}>
      {text}
      <Icon name="chevron" className="size-3.5" />
    </Button>
  );
}
