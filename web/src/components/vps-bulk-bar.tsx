import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Vps } from '../api/client.ts';
import { operatorProblem, roleProblem, vpsActionProblem } from '../lib/abilities.ts';
import { type BulkActionName, IN_MENU } from '../lib/bulk.ts';
import { plural } from '../lib/format.ts';
import { useSession } from '../lib/use-session.ts';
import { kindName } from '../lib/words.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { Button } from './ui/button.tsx';
import { Menu, MenuItem } from './ui/menu.tsx';
import { toast } from './ui/toast.tsx';

/** What can be done to all chosen VPSes: a bulk run, with its own page. `filter` is what the list was found with. */
export function BulkBar({ chosen, filter, clear }: { chosen: readonly Vps[]; filter: object; clear: () => void }) {
  const session = useSession();
  const navigate = useNavigate();
  const [action, choose] = useState<BulkActionName | null>(null);
  const alive = chosen.filter((vps) => vpsActionProblem('delete', vps, undefined) === null);
  const problem = roleProblem(session, 'operator') ?? (alive.length === 0 ? 'All of them are terminated.' : null);
  const offered = operatorProblem(session) === null ? IN_MENU : IN_MENU.filter((each) => each !== 'drift-repair');
  return (
    <div
      role="toolbar"
      aria-label="Actions on the selected VPSes"
      className="flex flex-wrap items-center gap-2 rounded-md border border-accent/40 bg-accent-soft px-3 py-2"
    >
      <span className="font-medium">{plural(chosen.length, 'VPS', 'VPSes')} selected</span>
      <Button icon="refresh" disabledReason={problem} onClick={() => choose('refresh')}>
        Refresh
      </Button>
      {problem ? (
        <Button icon="operations" disabledReason={problem}>
          More actions
        </Button>
      ) : (
        <Menu trigger={<Button icon="operations">More actions</Button>}>
          {offered.map((each) => (
            <MenuItem key={each} onSelect={() => choose(each)}>
              {kindName(each)}
            </MenuItem>
          ))}
        </Menu>
      )}
      <Button icon="trash" variant="danger" disabledReason={problem} onClick={() => choose('destroy')}>
        Delete
      </Button>
      <Button variant="ghost" onClick={clear}>
        Clear selection
      </Button>
      {action && (
        <BulkDialog
          action={action}
          chosen={alive}
          filter={filter}
          onClose={() => choose(null)}
          onStarted={(run) => {
            toast(`${kindName(action)}: ${plural(run.counts.pending, 'VPS', 'VPSes')} in a bulk run.`);
            clear();
            void navigate({ to: '/bulk/$id', params: { id: run.id } });
          }}
        />
      )}
    </div>
  );
}
