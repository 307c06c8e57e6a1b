/** What a person gives a server that was sold: asked of staff in a ticket, where the customer sees what became of it. */
import { plinthItself } from '../../identity/policy/grants.ts';
import type { Db } from '../../kernel/database.ts';
import type { OptionsChanged } from '../../kernel/hooks.ts';
import { beginTicket } from './tickets.ts';

const BY = plinthItself('support');
const MOST_LETTERS = 150;

/** In the transaction that changes what is charged, so that nothing is paid for that nobody is asked for. */
export async function openByHand(
  tx: Db,
  { subscriptionId, organizationId, vpsId, productName, by, options }: OptionsChanged,
): Promise<void> {
  const subject = options.map(({ name, before, after }) => `${name}: ${before} → ${after}`).join(', ');
  const row = { organizationId, vpsId, subject: subject.slice(0, MOST_LETTERS), status: 'waiting', openedBy: by };
  const text = [
    `What is added to "${productName}" has changed (subscription ${subscriptionId}):`,
    ...options.map(({ name, before, after }) => `- ${name}: ${before} until now, ${after} from now on`),
    'It is charged so from now on. Please make it so, and answer here when it is done.',
  ].join('\n');
  await beginTicket(tx, row, { author: BY, side: 'customer', text }, { subscription: subscriptionId });
}
