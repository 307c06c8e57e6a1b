/** What the menus of a VPS offer, on its page and in lists. What cannot be done now says why, in the server's words. */
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import { api, type Operation, type Session, type Vps, type VpsAction, type VpsDetail } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName, kindWords } from '../../kit/lib/words.ts';
import { MenuItem, MenuSeparator } from '../../kit/ui/menu.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { capabilityProblem, rightProblem, vpsActionProblem } from '../lib/abilities.ts';
import { ACTION_RIGHTS } from '../lib/action-rights.ts';
import type { ChangeAction } from './change-fields.tsx';
import type { VpsQuestion } from './vps-dialogs.tsx';

const POWER = ['start', 'stop', 'reboot', 'power-cycle'] as const;
const CHANGES: readonly ChangeAction[] = ['rename', 'resize', 'reinstall', 'reset-password', 'configure'];
const LOOKS = { refresh: api.refreshVps, preview: api.previewVps } as const;
type Look = keyof typeof LOOKS;
const once = ({ id }: Vps) => ({ id, idempotencyKey: crypto.randomUUID() });

export interface VpsOffers {
  readonly vps: VpsDetail;
  /** Why an action cannot be done now, or null. */
  readonly problem: (action: VpsActionName) => string | null;
  readonly looks: (action: Look) => string | null;
  readonly act: (body: VpsAction) => void;
  readonly look: (action: Look) => void;
  readonly undo: () => void;
  readonly ask: (what: VpsQuestion) => void;
  readonly busy: { readonly act: boolean; readonly look: boolean; readonly undo: boolean };
}

interface Of {
  readonly vps: VpsDetail;
  readonly last: Operation | undefined;
  readonly ask: (what: VpsQuestion) => void;
  readonly onRequested: (accepted: { operation: Operation | null }) => void;
}

/** What can be done to it, for who is signed in. */
export function useVpsOffers({ vps, last, ask, onRequested }: Of): VpsOffers {
  const session = useSession();
  const look = useAction((action: Look) => LOOKS[action](once(vps)), { done: onRequested });
  const act = useAction((body: VpsAction) => api.actOnVps({ ...once(vps), body }), { done: onRequested });
  const undo = useAction(() => api.undoVps({ id: vps.id }), { done: () => toast(`${vps.label} stays.`) });
  return {
    vps,
    problem: (action) => rightProblem(session, ACTION_RIGHTS[action]) ?? capabilityProblem(vps, action),
    looks: (action) => rightProblem(session, 'vps:refresh') ?? vpsActionProblem(action, vps, last),
    act: act.mutate,
    look: look.mutate,
    undo: () => undo.mutate(),
    ask,
    busy: { act: act.isPending, look: look.isPending, undo: undo.isPending },
  };
}

/** The last operation, where it failed. */
export function failedOf(last: Operation | undefined): Operation | null {
  return last && ['failed', 'stalled', 'cancelled'].includes(last.status) ? last : null;
}

/** Whether the console is offered to this session at all. */
export function hasConsole(session: Session | undefined, vps: VpsDetail): boolean {
  return rightProblem(session, 'vps:console') === null && vps.features.console.allowed && vps.has_server;
}

export function PowerItems({ vps, problem, act }: VpsOffers) {
  const rescue = vps.rescue_since === null ? 'rescue' : 'unrescue';
  return (
    <>
      {POWER.map((action) => (
        <MenuItem key={action} disabledReason={problem(action)} onSelect={() => act({ action })}>
          {kindName(action)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem disabledReason={problem(rescue)} onSelect={() => act({ action: rescue })}>
        {kindWords(rescue)?.menu}
      </MenuItem>
    </>
  );
}

export function ChangeItems({ vps, problem, looks, ask, act, look }: VpsOffers) {
  const session = useSession();
  return (
    <>
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
    </>
  );
}

function ownerProblem(session: Session | undefined, vps: VpsDetail): string | null {
  return rightProblem(session, 'vps:give-away') ?? (vps.status === 'terminated' ? 'It is terminated.' : null);
}
