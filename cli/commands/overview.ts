/** `plinth whoami` and `plinth overview` */
import type { z } from 'zod';
import type { WhoAmI } from '../../contract/impersonation.ts';
import type { Overview, Session } from '../../contract/overview.ts';
import { type Command, command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { duration, pairs, plain, show, status, table } from '../output.ts';

const whoami = command({
  path: ['whoami'],
  summary: 'Whose token this is, and what it talks to',
  examples: ['whoami'],
  run: async (context) => {
    const api = await context.api();
    const [session, who] = [await api.get<Session>('/api/session'), await api.get<z.infer<typeof WhoAmI>>('/api/whoami')];
    const { actor, organization, permissions } = who;
    show(context, { ...session, ...who }, (colour) =>
      pairs(
        [
          ['name', { text: plain(session.name), tone: 'bold' }],
          ['is', `${actor.kind} ${actor.id}`],
          ['for', actor.on_behalf_of && plain(actor.on_behalf_of.name)],
          ['role', who.role],
          ['organization', organization ? plain(organization.display_name ?? organization.name) : 'all of them'],
          ['permissions', permissions.join(' ')],
          ['plinth', `${session.version}, ${session.mode}`],
          ['simulator', session.simulator_url],
          ['seen from', session.client_address],
        ],
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const overview = command({
  path: ['overview'],
  summary: 'VPSes by status and place, operations under way, usual times',
  examples: ['overview', 'overview --json'],
  run: async (context) => {
    const answer = await (await context.api()).get<Overview>('/api/overview');
    show(context, answer, (colour) =>
      [
        table(
          ['STATUS', 'VPSES'],
          answer.by_status.map((each) => [status(each.status), String(each.count)]),
          colour,
        ),
        table(
          ['PROVIDER', 'REGION', 'VPSES'],
          answer.by_region.map((each) => [each.provider, each.region, String(each.count)]),
          colour,
        ),
        table(
          ['OPERATIONS', 'NOW'],
          answer.operations.map((each) => [status(each.status), String(each.count)]),
          colour,
        ),
        table(
          ['KIND', 'LAST 30 DAYS', 'MEDIAN', 'P95'],
          answer.durations.map((each) => [each.kind, String(each.count), duration(each.median_ms), duration(each.p95_ms)]),
          colour,
        ),
      ].join('\n'),
    );
    return EXIT.ok;
  },
});

export const overviewCommands: readonly Command[] = [whoami, overview];
