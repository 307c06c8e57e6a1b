/** The person: name, second factor, passkeys, sessions, password, and what they are told. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FrontForm } from '../../features/people/front-page.tsx';
import { SessionsCard } from '../../features/people/sessions-card.tsx';
import { PasskeysCard, PasswordCard, SecondFactorCard } from '../../features/people/sign-in-cards.tsx';
import { api, type Me, type NotificationPreference } from '../../kit/api/client.ts';
import { meQuery, notificationsQuery, preferencesQuery } from '../../kit/api/people-queries.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { Link } from '../link.tsx';
import { Page } from '../parts/page.tsx';
import { teamWords } from '../words/people.ts';

const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];

export function AccountPage() {
  const t = teamWords.use();
  const session = useSession();
  // A token has no account: nothing is asked that would be refused.
  const isPerson = session?.user_id != null;
  const me = useQuery({ ...meQuery, enabled: isPerson });
  return (
    <Page title={t('account')} lead={me.data?.email}>
      {session && !isPerson && <p className="text-ink-2">{t('forPersons')}</p>}
      {me.error && <ProblemNote error={me.error} retry={() => void me.refetch()} />}
      {me.isLoading && <Loading what={t('account')} />}
      {me.data && (
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <div className="flex flex-col gap-5">
            <Profile me={me.data} />
            <SecondFactorCard me={me.data} />
            <PasskeysCard />
          </div>
          <div className="flex flex-col gap-5">
            <Told />
            <SessionsCard />
            {me.data.has_password && <PasswordCard />}
          </div>
        </div>
      )}
    </Page>
  );
}

function Profile({ me }: { me: Me }) {
  const t = teamWords.use();
  const [name, setName] = useState(me.name);
  const [zone, setZone] = useState(me.time_zone);
  const save = useAction(() => api.changeMe({ body: { name, time_zone: zone } }), { quiet: true, done: () => toast(t('saved')) });
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  return (
    <Card title={t('profile')}>
      <FrontForm
        action={t('save')}
        busy={save.isPending}
        missing={name.trim() === '' ? t('name') : null}
        error={save.error}
        onSubmit={() => save.mutate(undefined)}
      >
        <TextField label={t('name')} autoComplete="name" maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
        <SelectField
          label={t('timeZone')}
          value={zone}
          options={zones.map((each) => ({ value: each, label: each.replaceAll('_', ' ') }))}
          onChange={(event) => setZone(event.target.value)}
        />
      </FrontForm>
    </Card>
  );
}

function Told() {
  const t = teamWords.use();
  const told = useQuery(notificationsQuery).data;
  const read = useAction(() => api.markNotificationsRead({ body: {} }));
  return (
    <Card
      title={t('told')}
      actions={
        <Button
          busy={read.isPending}
          disabledReason={(told?.unread ?? 0) === 0 ? t('allRead') : null}
          onClick={() => read.mutate(undefined)}
        >
          {t('markRead')}
        </Button>
      }
    >
      {told?.notifications.length === 0 && <p className="text-ink-2">{t('nothingTold')}</p>}
      <ul className="divide-y divide-line">
        {told?.notifications.slice(0, 8).map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            {each.vps_id !== null && (
              <Link to={`/portal/servers/${each.vps_id}`} className="underline underline-offset-2">
                {each.vps_label}
              </Link>
            )}
            <span className="min-w-0 flex-1">{t('toldKind', { kind: each.kind.replaceAll('-', '_') })}</span>
            <span className="text-sm text-ink-2">
              <Time at={each.created_at} />
            </span>
            {each.read_at === null && <Badge tone="good">{t('isNew')}</Badge>}
          </li>
        ))}
      </ul>
      <Preferences />
    </Card>
  );
}

/** What staff are told is theirs. */
const OF_STAFF: ReadonlySet<string> = new Set(['alert', 'ticket-waiting']);
const CHANNELS = ['list', 'mail'] as const;

function Preferences() {
  const t = teamWords.use();
  const preferences = useQuery(preferencesQuery).data?.preferences.filter(({ kind }) => !OF_STAFF.has(kind)) ?? [];
  const set = useAction((body: NotificationPreference) => api.setNotificationPreference({ body }));
  const kinds = [...new Set(preferences.map(({ kind }) => kind))];
  const nameOf = (kind: string): string => t('toldKind', { kind: kind.replaceAll('-', '_') });
  return (
    <details className="mt-4">
      <summary className="min-h-9 py-1.5 font-medium">{t('whatToTell')}</summary>
      <Table label={t('whatToTell')} head={[t('kind'), t('inList'), t('byMail')]}>
        {kinds.map((kind) => (
          <tr key={kind}>
            <td className="py-2 pr-4">{nameOf(kind)}</td>
            {CHANNELS.map((channel) => {
              const found = preferences.find((each) => each.kind === kind && each.channel === channel);
              return (
                <td key={channel} className="py-2 pr-4">
                  {found && (
                    <input
                      type="checkbox"
                      aria-label={`${nameOf(kind)}: ${t(channel === 'mail' ? 'byMail' : 'inList')}`}
                      checked={found.enabled}
                      onChange={(event) => set.mutate({ ...found, enabled: event.target.checked })}
                      className="size-6 accent-accent"
                    />
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </Table>
    </details>
  );
}
