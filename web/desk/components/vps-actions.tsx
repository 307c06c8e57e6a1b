/** What can be done to one VPS. What cannot be done now says why, in the server's words. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import { api, type Operation, type Session, type Vps, type VpsAction, type VpsDetail } from '../../kit/api/client.ts';
import { ACTION_RIGHTS } from '../lib/action-rights.ts';
import { capabilityProblem, rightProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName, kindWords } from '../../kit/lib/words.ts';
import { ChangeDialog } from './change-dialog.tsx';
import type { ChangeAction } from './change-fields.tsx';
import { EndDialog } from './end-dialog.tsx';
import { OwnerDialog } from './owner-dialog.tsx';
import { RunAgain } from './run-again.tsx';
import { RevealPassword } from './reveal-password.tsx';
import { SuspendDialog } from './suspend-dialog.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../kit/ui/menu.tsx';
import { toast } from '../../kit/ui/toast.tsx';

const POWER = ['start', 'stop', 'reboot', 'power-cycle'] as const;
const CHANGES: readonly ChangeAction[] = ['rename', 'resize', 'reinstall', 'reset-password', 'configure'];
const LOOKS = { refresh: api.refreshVps, preview: api.previewVps } as const;
const once = ({ id }: Vps) => ({ id, idempotencyKey: crypto.randomUUID() });
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
  const undo = useAction(() => api.undoVps({ id: vps.id }), { done: () => toast(`${vps.label} stays.`) });
  const session = useSession();
  const problem = (action: VpsActionName): string | null => rightProblem(session, ACTION_RIGHTS[action]) ?? capabilityProblem(vps, action);
  const looks = (action: keyof typeof LOOKS): string | null => rightProblem(session, 'vps:refresh') ?? vpsActionProblem(action, vps, last);
  const failed = last && ['failed', 'stalled', 'cancelled'].includes(last.status);
  return (
    <>
      {last && failed && (
        <RunAgain
          operation={last}
          problem={rightProblem(session, 'vps:retry') ?? vpsActionProblem('retry', vps, last)}
          variant="primary"
          onRetried={(operation) => show({ operation })}
        />
      )}
      {vps.terminate_due_at && (
        <Button variant="primary" icon="retry" busy={undo.isPending} disabledReason={problem('undo')} onClick={() => undo.mutate()}>
          {kindName('undo')}
        </Button>
      )}
      <RevealPassword vps={vps} />
      {rightProblem(session, 'vps:console') === null && vps.features.console.allowed && vps.has_server && (
        <a href={`/console/${vps.id}`} target="_blank" rel="noopener" className={buttonClass()}>
          Console
          <Icon name="external" />
        </a>
      )}
      <PowerMenu vps={vps} problem={problem} busy={act.isPending} act={act.mutate} />
      <ChangeMenu vps={vps} problem={problem} looks={looks} busy={look.isPending} ask={ask} act={act.mutate} look={look.mutate} />
      <Button icon="trash" variant="danger" disabledReason={problem('destroy')} onClick={() => ask('destroy')}>
        Delete
      </Button>
      {asking !== null && asking !== 'suspend' && asking !== 'owner' && asking !== 'destroy' && (
        <ChangeDialog vps={vps} action={asking} onClose={() => ask(null)} onRequested={show} />
      )}
      {asking === 'suspend' && <SuspendDialog vps={vps} onClose={() => ask(null)} onRequested={show} />}
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
          {kindWords('rescue')?.menu}
        </MenuItem>
      ) : (
        <MenuItem disabledReason={problem('unrescue')} onSelect={() => act({ action: 'unrescue' })}>
          {kindWords('unrescue')?.menu}
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
          {kindWords(action)?.menu ?? kindName(action)}…
        </MenuItem>
      ))}
      <MenuSeparator />
      {vps.suspension ? (
        <MenuItem disabledReason={problem('unsuspend')} onSelect={() => act({ action: 'unsuspend' })}>
          {kindWords('unsuspend')?.menu}
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
  return rightProblem(session, 'vps:give-away') ?? (vps.status === 'terminated' ? 'It is terminated.' : null);
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
