/** What a person gives a server that was sold: asked of staff in a ticket, where the customer sees what became of it. */
import { plinthItself } from '../../identity/policy/grants.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import type { OptionsChanged } from '../../kernel/hooks.ts';
import { insertMessage, insertTicket } from './store.ts';

const BY = plinthItself('support');
const MOST_LETTERS = 150;

/** In the transaction that changes what is charged, so that nothing is paid for that nobody is asked for. */
export async function openByHand(
  tx: Db,
  { subscriptionId, organizationId, vpsId, productName, by, options }: OptionsChanged,
): Promise<void> {
  const subject = options.map(({ name, before, after }) => `${name}: ${before} → ${after}`).join(', ');
  const row = { organizationId, vpsId, subject: subject.slice(0, MOST_LETTERS), status: 'waiting', openedBy: by };
  const ticket = await insertTicket(tx, row);
  const text = [
    `What is added to "${productName}" has changed (subscription ${subscriptionId}):`,
    ...options.map(({ name, before, after }) => `- ${name}: ${before} until now, ${after} from now on`),
    'It is charged so from now on. Please make it so, and answer here when it is done.',
  ].join('\n');
  const author = { authorKind: BY.actor.kind, authorId: BY.actor.id, authorName: BY.name };
  await insertMessage(tx, ticket.id, 0, { side: 'customer', internal: false, text, ...author });
  const data = { number: ticket.number, subscription: subscriptionId, ...(vpsId === null ? {} : { vps: vpsId }) };
  await appendAudit(tx, { actor: by, action: 'ticket.opened', target: ticket.id, organizationId, data });
  await emit(tx, { kind: 'ticket.opened', organizationId, data: { ticket_id: ticket.id, status: 'waiting', side: 'customer' } });
}
