/** `plinth find` */
import type { z } from 'zod';
import type { FoundList } from '../../contract/find.ts';
import { type Command, command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { plain, show, status, table } from '../output.ts';

const find = command({
  path: ['find'],
  summary: 'Find anything by its id, number, address or name',
  details:
    'VPSes, operations, bulk runs, orders, subscriptions, invoices, payments, tickets, organizations, people, accounts and products.',
  positionals: [{ name: 'text', help: 'a whole id or number; a part is enough of a label, a name or an e-mail address' }],
  examples: ['find web-1', 'find ada@example.com', 'find 00000000-0000-4000-8000-000000000001'],
  run: async (context, [q = '']) => {
    const answer = await (await context.api()).get<z.infer<typeof FoundList>>('/api/find', { q });
    show(context, answer, (colour) =>
      answer.found.length === 0
        ? `Nothing is called "${plain(q)}".\n`
        : table(
            ['KIND', 'ID', 'WHAT', 'STATE'],
            answer.found.map((each) => [each.kind, each.id, plain(each.title), status(each.about)]),
            colour,
          ),
    );
    return EXIT.ok;
  },
});

export const findCommands: readonly Command[] = [find];
