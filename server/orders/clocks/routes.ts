/** /api/test-clocks: in development only. */
import type { z } from 'zod';
import { TestClockAdvance, TestClockAnswer, TestClockCreate, TestClockParams } from '../../../contract/test-clock.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { changeClock, clockById, type ClockRow, insertClock, lockClock, organizationsFor } from './store.ts';

const present = ({ id, name, frozenAt, status, target, organizations }: ClockRow): z.input<typeof TestClockAnswer> => ({
  clock: {
    id,
    name,
    at: frozenAt.toISOString(),
    status: status as 'ready' | 'advancing',
    target: target?.toISOString() ?? null,
    organization_ids: [...organizations],
  },
});

function requireDevelopment({ config }: Services): void {
  if (config.mode === 'production')
    throw new Refusal(409, 'development_only', 'There are no test clocks in production: everybody lives by the same time.');
}

async function mustClock(db: Db, id: string): Promise<ClockRow> {
  const clock = await clockById(db, id);
  if (!clock) throw notFound('test clock', id);
  return clock;
}

export function clockRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/test-clocks',
      summary: 'Give organizations a clock of their own that stands until it is advanced; in development',
      permission: 'test-clock:write',
      body: TestClockCreate,
      responses: { 201: { description: 'It stands there.', schema: TestClockAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        requireDevelopment(services);
        const { found, bought } = await organizationsFor(tx, body.organization_ids);
        if (found !== new Set(body.organization_ids).size)
          throw refuseField('organization_ids', 'one of them does not exist', 'Take them from GET /api/admin/organizations.');
        if (bought > 0)
          throw refuseField(
            'organization_ids',
            'one of them has bought something by another clock',
            'Take new organizations.',
            409,
            'clock_too_late',
          );
        const id = await insertClock(tx, body.name, new Date(body.at), body.organization_ids);
        const entry = { actor: principal.actor, action: 'test-clock.created', target: id, organizationId: null };
        await appendAudit(tx, { ...entry, data: { at: body.at } });
        return { status: 201, body: present(await mustClock(tx, id)) };
      },
    }),
    route({
      method: 'get',
      path: '/api/test-clocks/:id',
      summary: 'Where a test clock stands',
      permission: 'test-clock:read',
      params: TestClockParams,
      responses: { 200: { description: 'The clock.', schema: TestClockAnswer } },
      handler: async ({ params }) => ({ status: 200, body: present(await mustClock(services.db, params.id)) }),
    }),
    route({
      method: 'post',
      path: '/api/test-clocks/:id/advance',
      summary: 'Advance a test clock, forward only; everything that falls due on the way happens, in order',
      permission: 'test-clock:write',
      params: TestClockParams,
      body: TestClockAdvance,
      responses: { 202: { description: 'On its way; `status` is `ready` again when it has arrived.', schema: TestClockAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        requireDevelopment(services);
        const clock = await lockClock(tx, params.id);
        if (!clock) throw notFound('test clock', params.id);
        const to = new Date(body.to);
        if (clock.status === 'advancing')
          throw new Refusal(409, 'clock_advancing', 'It is on its way already. Wait until its status is ready.');
        if (to <= clock.frozenAt) throw refuseField('to', 'is not after where it stands', 'It goes forward only.', 409, 'clock_backward');
        await changeClock(tx, params.id, { status: 'advancing', target: to });
        const entry = { actor: principal.actor, action: 'test-clock.advanced', target: params.id, organizationId: null };
        await appendAudit(tx, { ...entry, data: { to: body.to } });
        return { status: 202, body: present(await mustClock(tx, params.id)) };
      },
    }),
  ];
}
