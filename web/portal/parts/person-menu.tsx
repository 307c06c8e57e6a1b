/** Who is signed in, for whom they act, and how the pages look to them. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, forgetSession } from '../../kit/api/client.ts';
import { meQuery } from '../../kit/api/people-queries.ts';
import { LANGUAGES, type Language, setLanguage, useLanguage } from '../../kit/i18n/language.ts';
import { currentTheme, setTheme, THEMES, type Theme } from '../../kit/lib/theme.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { Menu, MenuItem, MenuLabel, MenuRadio, MenuSeparator } from '../../kit/ui/menu.tsx';
import { useGo } from '../link.tsx';
import { shellWords } from '../words/shell.ts';

const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

/** Open as soon as it is there. */
export function PersonMenu({ trigger }: { trigger: ReactElement }) {
  const t = shellWords.use();
  const session = useSession();
  const me = useQuery({ ...meQuery, enabled: session?.user_id != null }).data;
  const go = useGo();
  const queries = useQueryClient();
  const language = useLanguage();
  const [theme, chooseTheme] = useState<Theme>(currentTheme);
  const choose = useAction((id: string) => api.chooseOrganization({ body: { organization_id: id as never } }), {
    done: () => queries.clear(),
  });
  const signOut = useAction(() => api.signOut(), {
    renews: false,
    done: () => {
      forgetSession();
      queries.clear();
      go('/portal/sign-in');
    },
  });
  return (
    <Menu defaultOpen trigger={trigger}>
      {(me?.memberships.length ?? 0) > 1 && (
        <>
          <MenuLabel>{t('actingFor')}</MenuLabel>
          <MenuRadio
            value={session?.organization_id ?? ''}
            options={me!.memberships.map((each) => [each.organization_id, each.organization_name] as const)}
            onChange={(id) => choose.mutate(id)}
          />
          <MenuSeparator />
        </>
      )}
      <MenuLabel>{t('language')}</MenuLabel>
      <MenuRadio
        value={language}
        options={LANGUAGES.map((each) => [each, NAMES[each]] as const)}
        onChange={(next) => {
          setLanguage(next as Language, { keep: true });
          // Mails and invoices follow.
          if (me) void api.changeMe({ body: { locale: next as Language } }).catch(() => undefined);
        }}
      />
      <MenuSeparator />
      <MenuLabel>{t('theme')}</MenuLabel>
      <MenuRadio
        value={theme}
        options={THEMES.map((each) => [each, t('themeOf', { theme: each })] as const)}
        onChange={(next) => {
          setTheme(next as Theme);
          chooseTheme(next as Theme);
        }}
      />
      <MenuSeparator />
      <MenuItem onSelect={() => go('/portal/account')}>{t('account')}</MenuItem>
      <MenuItem onSelect={() => signOut.mutate(undefined)}>{t('signOut')}</MenuItem>
    </Menu>
  );
}
