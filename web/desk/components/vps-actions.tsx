/** What can be done to one VPS, on its page. What cannot be done now says why, in the server's words. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Operation, VpsDetail } from '../../kit/api/client.ts';
import { rightProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName } from '../../kit/lib/words.ts';
import { RunAgain } from './run-again.tsx';
import { RevealPassword } from './reveal-password.tsx';
import { VpsDialog, type VpsQuestion } from './vps-dialogs.tsx';
import { ChangeItems, failedOf, hasConsole, PowerItems, useVpsOffers } from './vps-menus.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Menu } from '../../kit/ui/menu.tsx';

export function VpsActions({ vps, last }: { vps: VpsDetail; last: Operation | undefined }) {
  const navigate = useNavigate();
  const session = useSession();
  const [asking, ask] = useState<VpsQuestion | null>(null);
  const show = ({ operation }: { operation: Operation | null }): void => {
    ask(null);
    if (operation) void navigate({ to: '/vps/$id', params: { id: vps.id }, search: { operation: operation.id } });
  };
  const offers = useVpsOffers({ vps, last, ask, onRequested: show });
  const { problem, busy } = offers;
  const failed = failedOf(last);
  return (
    <>
      {failed && (
        <RunAgain
          operation={failed}
          problem={rightProblem(session, 'vps:retry') ?? vpsActionProblem('retry', vps, failed)}
          variant="primary"
          onRetried={(operation) => show({ operation })}
        />
      )}
      {vps.terminate_due_at && (
        <Button variant="primary" icon="retry" busy={busy.undo} disabledReason={problem('undo')} onClick={offers.undo}>
          {kindName('undo')}
        </Button>
      )}
      <RevealPassword vps={vps} />
      {hasConsole(session, vps) && (
        <a href={`/console/${vps.id}`} target="_blank" rel="noopener" className={buttonClass()}>
          Console
          <Icon name="external" />
        </a>
      )}
      <Menu trigger={<MenuButton text="Power" busy={busy.act} />}>
        <PowerItems {...offers} />
      </Menu>
      <Menu trigger={<MenuButton text="Change" busy={busy.look} />}>
        <ChangeItems {...offers} />
      </Menu>
      <Button icon="trash" variant="danger" disabledReason={problem('destroy')} onClick={() => ask('destroy')}>
        Delete
      </Button>
      {asking !== null && <VpsDialog vps={vps} what={asking} onClose={() => ask(null)} onRequested={show} />}
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
