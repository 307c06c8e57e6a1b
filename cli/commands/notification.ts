/** `plinth notification …`: what a person was told, and what they want to be told */
import type { z } from 'zod';
import {
  NotificationChannel,
  NOTIFICATION_KINDS,
  type NotificationList,
  type NotificationPreferences,
} from '../../contract/notification.ts';
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { ago, plain, show, table } from '../output.ts';

type Told = z.infer<typeof NotificationList>['notifications'][number];
type Preferences = z.infer<typeof NotificationPreferences>;

const about = (each: Told): string => plain(each.vps_label ?? each.about ?? each.alert?.kind ?? '');

const list = command({
  path: ['notification', 'list'],
  summary: 'What you were told, newest first; for a person, by `plinth login` or with a token of their own',
  options: { unread: { type: 'boolean', help: 'only what you have not read' } },
  examples: ['notification list', 'notification list --unread'],
  run: async (context, _args, { unread }) => {
    const api = await context.api();
    const answer = await api.get<z.infer<typeof NotificationList>>('/api/notifications');
    const told = answer.notifications.filter(({ read_at: at }) => !unread || at === null);
    show(context, { ...answer, notifications: told }, (colour) =>
      table(
        ['ID', 'KIND', 'ABOUT', 'TOLD', 'READ'],
        told.map((each) => [each.id, each.kind, about(each), ago(each.created_at), each.read_at === null ? 'no' : 'yes']),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const read = command({
  path: ['notification', 'read'],
  summary: 'Mark what you have read: one, or all',
  positionals: [{ name: 'id', help: 'of a notification; none: all of them', optional: true }],
  options: MUTATION_OPTIONS,
  examples: ['notification read'],
  run: async (context, [id = ''], options) => {
    const api = await context.api();
    const body = id === '' ? {} : { ids: [id] };
    await api.change('POST', '/api/notifications/read', { body, idempotencyKey: options['idempotency-key'] });
    show(context, null, () => 'Marked as read.\n');
    return EXIT.ok;
  },
});

const shown = (preferences: Preferences['preferences']) => (colour: boolean) =>
  table(
    ['KIND', ...NotificationChannel.options.map((channel) => channel.toUpperCase())],
    NOTIFICATION_KINDS.map((kind) => [
      kind,
      ...NotificationChannel.options.map((channel) =>
        preferences.some((each) => each.kind === kind && each.channel === channel && each.enabled) ? 'on' : 'off',
      ),
    ]),
    colour,
  );

const settings = command({
  path: ['notification', 'settings'],
  summary: 'What you are told in the list and by mail; with --kind, --channel and --turn, change it',
  options: {
    kind: { type: 'string', value: 'KIND', choices: NOTIFICATION_KINDS, help: 'of what' },
    channel: { type: 'string', value: 'CHANNEL', choices: NotificationChannel.options, help: 'where' },
    turn: { type: 'string', value: 'WORD', choices: ['on', 'off'], help: 'whether it is told there' },
    ...MUTATION_OPTIONS,
  },
  examples: ['notification settings', 'notification settings --kind vps-ready --channel mail --turn off'],
  run: async (context, _args, options) => {
    const { kind, channel, turn } = options;
    const given = [kind, channel, turn].filter((each) => each !== undefined).length;
    if (given !== 0 && given !== 3) throw usage('plinth notification settings: --kind, --channel and --turn go together.');
    const api = await context.api();
    const path = '/api/notifications/preferences';
    const answer =
      given === 0
        ? await api.get<Preferences>(path)
        : await api.change<Preferences>('PUT', path, {
            body: { kind, channel, enabled: turn === 'on' },
            idempotencyKey: options['idempotency-key'],
          });
    show(context, answer, shown(answer.preferences));
    return EXIT.ok;
  },
});

export const notificationCommands: readonly Command[] = [list, read, settings];
