import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Vps } from '../../kit/api/client.ts';
import { rightProblem, vpsActionProblem } from '../lib/abilities.ts';
import { type BulkActionName, IN_MENU } from '../lib/bulk.ts';
import { count, plural } from '../../kit/lib/format.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName } from '../../kit/lib/words.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Menu, MenuItem } from '../../kit/ui/menu.tsx';
import { toast } from '../../kit/ui/toast.tsx';

interface BulkBarProps {
  chosen: readonly Vps[];
  /** What the list was found with. */
  filter: object;
  /** How many match it in all, whether they are all chosen, and how many are loaded; null where that cannot be said. */
  all: { count: number; chosen: boolean; loaded: number } | null;
  chooseAll: () => void;
  clear: () => void;
}

/** What can be done to all chosen VPSes: a bulk run, with its own page. */
export function BulkBar({ chosen, filter, all, chooseAll, clear }: BulkBarProps) {
  const session = useSession();
  const navigate = useNavigate();
  const [action, choose] = useState<BulkActionName | null>(null);
  const everybody = all?.chosen === true;
  const alive = chosen.filter((vps) => vpsActionProblem('delete', vps, undefined) === null);
  const problem = rightProblem(session, 'bulk:run') ?? (alive.length === 0 ? 'All of them are terminated.' : null);
  const offered = rightProblem(session, 'drift:act') === null ? IN_MENU : IN_MENU.filter((each) => each !== 'drift-repair');
  return (
    <div
      role="toolbar"
      aria-label="Actions on the selected VPSes"
      className="flex flex-wrap items-center gap-2 rounded-md border border-accent/40 bg-accent-soft px-3 py-2"
    >
      <span className="font-medium">
        {everybody ? `All ${plural(all.count, 'VPS', 'VPSes')} that match selected` : `${plural(chosen.length, 'VPS', 'VPSes')} selected`}
      </span>
      {all && !everybody && chosen.length === all.loaded && all.count > all.loaded && (
        <Button variant="ghost" onClick={chooseAll}>
          Select all {count(all.count)} that match
        </Button>
      )}
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
          everybody={everybody}
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
