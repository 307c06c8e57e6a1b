/** What a person was told of their servers, and what of it they want in the list and by mail. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Notification, type NotificationPreference } from '../../kit/api/client.ts';
import { notificationsQuery, preferencesQuery } from '../../kit/api/people-queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Checkbox } from '../../kit/ui/field.tsx';
import { Time } from '../../kit/ui/time.tsx';

const WORDS: Readonly<Record<Notification['kind'], string>> = {
  'vps-provisioning': 'is being set up',
  'vps-ready': 'is ready',
  'vps-failed': 'a change failed',
  'vps-suspended': 'is suspended',
  'vps-ends-soon': 'ends soon',
  'vps-ended': 'has ended',
  'invoice-issued': 'was issued',
  'payment-received': 'was received',
  'payment-failed': 'could not be paid',
  'payment-needs-payer': 'has to be confirmed with your bank',
  'payment-disputed': 'is disputed, or no more',
  'payment-reminder': 'is due soon',
  'payment-overdue': 'is overdue',
  'service-suspended': 'is suspended for an unpaid invoice',
  'service-ends-soon': 'ends soon for an unpaid invoice',
  'subscription-cancelled': 'is cancelled',
  'subscription-ended': 'has ended',
  'price-change': 'will have another price',
  'refund-made': 'was given back',
  'order-failed': 'could not be fulfilled',
  'ticket-answered': 'was answered',
  'ticket-waiting': 'waits for an answer',
  'maintenance-planned': 'is planned',
  'maintenance-changed': 'was moved or changed',
  'maintenance-cancelled': 'was called off',
  alert: 'an alert',
};

/** What a preference is about, before its words. */
function nounOf(kind: Notification['kind']): string {
  if (kind === 'alert') return 'Staff:';
  if (kind.startsWith('vps-')) return 'A server';
  if (kind.startsWith('ticket-')) return 'A ticket';
  if (kind.startsWith('maintenance-')) return 'Maintenance';
  if (kind.startsWith('invoice-') || /^payment-(failed|needs|reminder|overdue)/.test(kind)) return 'An invoice';
  if (kind === 'payment-received' || kind === 'payment-disputed') return 'A payment';
  if (kind === 'refund-made') return 'Money';
  return kind === 'order-failed' ? 'An order' : 'A subscription';
}

export function ToldCard() {
  const told = useQuery(notificationsQuery);
  const read = useAction(() => api.markNotificationsRead({ body: {} }));
  const unread = told.data?.unread ?? 0;
  return (
    <Card
      title="Told"
      actions={
        <Button busy={read.isPending} disabledReason={unread === 0 ? 'All is read.' : null} onClick={() => read.mutate(undefined)}>
          Mark as read
        </Button>
      }
    >
      {told.error && <ProblemNote error={told.error} retry={() => void told.refetch()} />}
      {told.data?.notifications.length === 0 && <p className="text-ink-2">Nothing yet.</p>}
      <ul className="divide-y divide-line">
        {told.data?.notifications.slice(0, 20).map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-3 py-2">
            {each.about !== null && <span>{each.about}</span>}
            {each.vps_id !== null && (
              <Link to="/vps/$id" params={{ id: each.vps_id }} className="underline underline-offset-2">
                {each.vps_label}
              </Link>
            )}
            <span>{each.alert === null ? WORDS[each.kind] : `${each.alert.message} ${each.alert.remedy}`}</span>
            <span className="text-ink-2">
              <Time at={each.created_at} />
            </span>
            {each.read_at === null && <Badge tone="good">New</Badge>}
          </li>
        ))}
      </ul>
      <Preferences />
    </Card>
  );
}

function Preferences() {
  const preferences = useQuery(preferencesQuery).data?.preferences ?? [];
  const set = useAction((body: NotificationPreference) => api.setNotificationPreference({ body }));
  return (
    <div className="mt-4 grid gap-2 sm:grid-cols-2">
      {preferences.map((each) => (
        <Checkbox
          key={`${each.kind}/${each.channel}`}
          label={`${nounOf(each.kind)} ${WORDS[each.kind]}: ${each.channel === 'mail' ? 'by mail' : 'in the list'}`}
          checked={each.enabled}
          onChange={(event) => set.mutate({ ...each, enabled: event.target.checked })}
        />
      ))}
    </div>
  );
}
