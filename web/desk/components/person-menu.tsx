/** Who is signed in, the theme, and the way out. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { api, forgetSession } from '../../kit/api/client.ts';
import { currentTheme, setTheme, THEMES, type Theme } from '../../kit/lib/theme.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Menu, MenuItem, MenuLabel, MenuRadio, MenuSeparator } from '../../kit/ui/menu.tsx';
import { clearSelection } from '../lib/vps-selection.ts';

export function PersonMenu({ trigger }: { trigger: ReactElement }) {
  const session = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [theme, chooseTheme] = useState<Theme>(currentTheme);
  // Not before the service has said so: until then this browser is signed in.
  const signOut = useAction(() => api.signOut(), {
    renews: false,
    done: () => {
      forgetSession();
      queries.clear();
      clearSelection();
      void navigate({ to: '/sign-in' });
    },
  });
  return (
    <Menu defaultOpen trigger={trigger}>
      {session && (
        <MenuLabel>
          {session.name} · {session.role} · Plinth {session.version}
        </MenuLabel>
      )}
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      <MenuRadio
        value={theme}
        options={THEMES.map((each) => [each, sentenceCase(each)] as const)}
        onChange={(next) => {
          setTheme(next as Theme);
          chooseTheme(next as Theme);
        }}
      />
      <MenuSeparator />
      {session && session.user_id !== null && <MenuItem onSelect={() => void navigate({ to: '/me' })}>You and your sessions</MenuItem>}
      <MenuItem onSelect={() => signOut.mutate()}>Sign out</MenuItem>
    </Menu>
  );
}
