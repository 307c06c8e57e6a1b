/** Ctrl K: every place, every action and the VPSes whose name matches, by keyboard alone. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { mayOpen } from '../lib/abilities.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { cn } from '../../kit/lib/cn.ts';
import { PAGES } from '../lib/pages.ts';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Icon, type IconName } from '../../kit/ui/icon.tsx';

interface Command {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly icon: IconName;
  readonly run: () => void;
}

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const commands = useCommands(text.trim(), onClose);
  const current = Math.min(at, commands.length - 1);
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((current + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      commands[current]?.run();
    }
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Search and commands" shape="palette">
      <div className="flex items-center gap-2 border-b border-line px-4">
        <Icon name="search" className="text-ink-2" />
        <input
          role="combobox"
          aria-label="Search VPSes, pages and actions"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={commands[current] ? `${list}-${current}` : undefined}
          autoComplete="off"
          value={text}
          placeholder="A name, an address, or a page"
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
          className="h-12 w-full bg-transparent outline-none"
        />
      </div>
      <ul id={list} role="listbox" aria-label="Results" className="max-h-[60vh] overflow-y-auto p-1">
        {commands.map((command, index) => (
          <li
            key={command.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === current}
            onClick={command.run}
            onPointerMove={() => setAt(index)}
            className={cn('flex min-h-10 cursor-pointer items-center gap-2.5 rounded px-3', index === current && 'bg-raised')}
          >
            <Icon name={command.icon} className="text-ink-2" />
            <span className="truncate">{command.label}</span>
            <span className="ml-auto shrink-0 text-xs text-ink-2">{command.hint}</span>
          </li>
        ))}
      </ul>
      {commands.length === 0 && (
        <p role="status" className="px-4 py-6 text-center text-ink-2">
          Nothing is called “{text}”.
        </p>
      )}
    </Dialog>
  );
}

function useCommands(text: string, close: () => void): Command[] {
  const navigate = useNavigate();
  const session = useSession();
  const asked = useDeferredValue(text);
  const found = useQuery({
    queryKey: ['palette', asked],
    queryFn: async ({ signal }) => (await api.listVpses({ query: { q: asked, limit: 8 }, signal })).instances,
    enabled: asked.length > 1,
  });
  const go = (to: string) => (): void => {
    close();
    void navigate({ to });
  };
  const wanted = PAGES.filter(({ to, label }) => mayOpen(session, to) && label.toLowerCase().includes(text.toLowerCase())).map(
    ({ to, label, icon, key }): Command => ({
      id: to,
      label,
      hint: to === '/vps/new' ? 'c' : key === undefined ? 'page' : `g ${key}`,
      icon: icon === 'plus' ? icon : 'chevron',
      run: go(to),
    }),
  );
  const vpses = (text.length > 1 ? (found.data ?? []) : []).map((vps) => ({
    id: vps.id,
    label: vps.label,
    hint: `${vps.ipv4 ?? 'no address yet'} · ${vps.status}`,
    icon: 'server' as const,
    run: go(`/vps/${vps.id}`),
  }));
  return [...vpses, ...wanted];
}
