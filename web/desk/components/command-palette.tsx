/** Ctrl K: every page, and anything that has an id, a number or a name, by keyboard alone. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import { api, type Routes } from '../../kit/api/client.ts';
import { mayOpen } from '../lib/abilities.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { cn } from '../../kit/lib/cn.ts';
import { PAGES } from '../lib/pages.ts';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Icon, type IconName } from '../../kit/ui/icon.tsx';

type Found = Routes['find']['answer']['found'][number];

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
          aria-label="Search pages and anything by its id, number or name"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={commands[current] ? `${list}-${current}` : undefined}
          autoComplete="off"
          value={text}
          placeholder="A name, an id, a number, an address, or a page"
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
    queryFn: async ({ signal }) => (await api.find({ query: { q: asked }, signal })).found,
    enabled: asked.length > 1,
  });
  const go = (href: string) => (): void => {
    close();
    void navigate({ href });
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
  const things = (text.length > 1 ? (found.data ?? []) : []).map((thing): Command => ({
    id: thing.id,
    label: thing.title,
    hint: `${KINDS[thing.kind][0]} · ${thing.about}`,
    icon: KINDS[thing.kind][1],
    run: go(placeOf(thing)),
  }));
  return [...things, ...wanted];
}

const KINDS: Readonly<Record<Found['kind'], readonly [name: string, icon: IconName]>> = {
  vps: ['VPS', 'server'],
  operation: ['operation', 'operations'],
  'bulk-run': ['bulk run', 'columns'],
  order: ['order', 'download'],
  subscription: ['subscription', 'refresh'],
  invoice: ['invoice', 'audit'],
  payment: ['payment', 'check'],
  ticket: ['ticket', 'info'],
  organization: ['customer', 'user'],
  user: ['person', 'user'],
  account: ['account', 'accounts'],
  product: ['product', 'server'],
};

/** Its own page; else the page of whose it is, at its row; of a person who is nobody's customer, what was done to them. */
function placeOf({ kind, id, organization_id: organization }: Found): string {
  switch (kind) {
    case 'vps':
      return `/vps/${id}`;
    case 'operation':
      return `/operations/${id}`;
    case 'bulk-run':
      return `/bulk/${id}`;
    case 'order':
      return `/orders/${id}`;
    case 'ticket':
      return `/tickets?ticket=${id}`;
    case 'organization':
      return `/customers/${id}`;
    case 'account':
      return `/admin/providers/${id}`;
    case 'product':
      return `/products/${id}`;
    case 'user':
      return organization === null ? `/audit?target=${id}` : `/customers/${organization}`;
    default:
      return `/customers/${organization}#${id}`;
  }
}
