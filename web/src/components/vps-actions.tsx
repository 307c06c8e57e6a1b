/** What can be done to one VPS. What cannot be done now says why, in the server's words. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import { api, type Operation, type Session, type Vps, type VpsAction, type VpsDetail } from '../api/client.ts';
import { capabilityProblem, operatorProblem, roleProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useAction } from '../lib/use-action.ts';
import { useSession } from '../lib/use-session.ts';
import { kindName } from '../lib/words.ts';
import { ChangeDialog } from './change-dialog.tsx';
import type { ChangeAction } from './change-fields.tsx';
import { EndDialog } from './end-dialog.tsx';
import { OwnerDialog } from './owner-dialog.tsx';
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
/** What the menu calls a change where its name says too little. */
const CALLED: Partial<Record<ChangeAction, string>> = { configure: 'Tags' };
type Asking = ChangeAction | 'suspend' | 'owner' | 'destroy' | null;

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
  const looks = (action: keyof typeof LOOKS): string | null => mayNot ?? vpsActionProblem(action, vps, last);
  const failed = last && ['failed', 'stalled', 'cancelled'].includes(last.status);
  return (
    <>
      {failed && (
        <Button variant="primary" icon="retry" busy={look.isPending} disabledReason={looks('retry')} onClick={() => look.mutate('retry')}>
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
      <PowerMenu vps={vps} problem={problem} busy={act.isPending} act={act.mutate} />
      <ChangeMenu vps={vps} problem={problem} looks={looks} busy={look.isPending} ask={ask} act={act.mutate} look={look.mutate} />
      <Button icon="trash" variant="danger" disabledReason={problem('destroy')} onClick={() => ask('destroy')}>
        Delete
      </Button>
      {asking !== null && asking !== 'suspend' && asking !== 'owner' && asking !== 'destroy' && (
        <ChangeDialog vps={vps} action={asking} onClose={() => ask(null)} onOrdered={show} />
      )}
      {asking === 'suspend' && <SuspendDialog vps={vps} onClose={() => ask(null)} onOrdered={show} />}
      {asking === 'owner' && <OwnerDialog vps={vps} onClose={() => ask(null)} />}
      {asking === 'destroy' && <EndDialog vps={vps} onClose={() => ask(null)} onEnded={show} />}
    </>
  );
}

interface MenuProps {
  vps: VpsDetail;
  /** Why an action cannot be done now, or null. */
  problem: (action: VpsActionName) => string | null;
  busy: boolean;
  act: (body: VpsAction) => void;
}

function PowerMenu({ vps, problem, busy, act }: MenuProps) {
  return (
    <Menu trigger={<MenuButton text="Power" busy={busy} />}>
      {POWER.map((action) => (
        <MenuItem key={action} disabledReason={problem(action)} onSelect={() => act({ action })}>
          {kindName(action)}
        </MenuItem>
      ))}
      <MenuSeparator />
      {vps.rescue_since === null ? (
        <MenuItem disabledReason={problem('rescue')} onSelect={() => act({ action: 'rescue' })}>
          Boot the rescue system
        </MenuItem>
      ) : (
        <MenuItem disabledReason={problem('unrescue')} onSelect={() => act({ action: 'unrescue' })}>
          Leave the rescue system
        </MenuItem>
      )}
    </Menu>
  );
}

interface ChangeMenuProps extends MenuProps {
  looks: (action: 'refresh' | 'preview') => string | null;
  ask: (what: Asking) => void;
  look: (action: 'refresh' | 'preview') => void;
}

function ChangeMenu({ vps, problem, looks, busy, ask, act, look }: ChangeMenuProps) {
  const session = useSession();
  return (
    <Menu trigger={<MenuButton text="Change" busy={busy} />}>
      {CHANGES.map((action) => (
        <MenuItem key={action} disabledReason={problem(action)} onSelect={() => ask(action)}>
          {CALLED[action] ?? kindName(action)}…
        </MenuItem>
      ))}
      <MenuSeparator />
      {vps.suspension ? (
        <MenuItem disabledReason={problem('unsuspend')} onSelect={() => act({ action: 'unsuspend' })}>
          End the suspension
        </MenuItem>
      ) : (
        <MenuItem disabledReason={problem('suspend')} onSelect={() => ask('suspend')}>
          Suspend…
        </MenuItem>
      )}
      <MenuItem disabledReason={ownerProblem(session, vps)} onSelect={() => ask('owner')}>
        Give to another organization…
      </MenuItem>
      <MenuSeparator />
      <MenuItem disabledReason={looks('refresh')} onSelect={() => look('refresh')}>
        Refresh: ask the provider
      </MenuItem>
      <MenuItem disabledReason={looks('preview')} onSelect={() => look('preview')}>
        Preview the next update
      </MenuItem>
    </Menu>
  );
}

function ownerProblem(session: Session | undefined, vps: VpsDetail): string | null {
  return operatorProblem(session) ?? (vps.status === 'terminated' ? 'It is terminated.' : null);
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
