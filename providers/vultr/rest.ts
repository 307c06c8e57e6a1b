/** Vultr's manners. Its errors are `{"error":"<text>","status":<code>}` and carry no code, so the texts decide; only this file knows them. */
import { z } from 'zod';
import type { Dialect } from '../kit/rest.ts';
import { descriptor } from './descriptor.ts';

const problem = z.object({ error: z.string().min(1) });
const linked = z.object({ meta: z.object({ links: z.object({ next: z.string().nullish() }).nullish() }).nullish() });
/** "Default is 100 and Max is 500". */
const PAGE_SIZE = 500;

export const dialect: Dialect = {
  provider: descriptor.id,
  name: descriptor.name,
  headers: ({ apiKey }) => ({ authorization: `Bearer ${apiKey ?? ''}` }),
  said: (body) => ({ text: problem.safeParse(body).data?.error }),
  refusals: [
    { text: /invalid api (token|key)/i, kind: 'credentials', remedy: 'Make a new API key at Vultr and put it on the account.' },
    {
      text: /unauthorized ip address|not authorized|permission/i,
      kind: 'forbidden',
      remedy: 'Allow this machine’s address and the needed permissions for the key in Vultr’s API settings.',
    },
    {
      text: /maximum number of (active virtual machines|snapshots)|maximum monthly fee|account limit|insufficient funds/i,
      kind: 'quota',
      remedy: 'Ask Vultr support to raise the limit of the account, or remove what is not needed.',
    },
    {
      text: /not available in (the selected|that)|sold out|no available capacity/i,
      kind: 'out_of_stock',
      remedy: 'Choose another plan or region.',
    },
    {
      text: /locked|being provisioned|pending operation|already attached|already in progress|currently being|is already/i,
      kind: 'conflict',
      remedy: 'Try again in a moment.',
    },
    // Deleted keys are answered with this text whatever the status. Other texts name a value we sent when the call was an order.
    { text: /invalid ssh key/i, kind: 'not_found', remedy: 'It does not exist any more.' },
    {
      status: [401, 403, 404, 409, 422, 500],
      text: /instance not found|invalid instance|invalid firewall group|firewall rule id not found|invalid startup script/i,
      kind: 'not_found',
      remedy: 'It does not exist any more.',
    },
    { status: 412, kind: 'conflict' },
  ],
  // "Unable to destroy server: Unable to remove VM: Server is currently locked", status 500: vultr/ansible-collection-vultr #113, #89, #131.
  refused: (_status, body) => /^unable to .*\bcurrently locked\b/i.test(problem.safeParse(body).data?.error ?? ''),
  pages: {
    first: { per_page: PAGE_SIZE },
    next: (answer, asked) => {
      const cursor = linked.parse(answer).meta?.links?.next;
      return cursor ? { ...asked, cursor } : null;
    },
  },
  // Vultr promises nothing; see README "Consistency". The simulated one hides a new instance for three seconds at most.
  consistencyMs: { real: 30_000, simulator: 5_000 },
};
