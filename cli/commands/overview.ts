/** `plinth whoami` and `plinth overview` */
import type { Overview, Session } from '../../contract/overview.ts';
import { type Command, command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { duration, pairs, plain, show, status, table } from '../output.ts';

const whoami = command({
  path: ['whoami'],
  summary: 'Whose token this is, and what it talks to',
  examples: ['whoami'],
  run: async (context) => {
    const session = await (await context.api()).get<Session>('/api/session');
    show(context, session, (colour) =>
      pairs(
        [
          ['name', { text: plain(session.name), tone: 'bold' }],
          ['role', session.role],
          ['organization', session.organization_id ?? 'all of them'],
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
