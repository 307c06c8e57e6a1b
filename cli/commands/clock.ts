/** `plinth clock …`: test clocks */
import type { TestClock } from '../../contract/test-clock.ts';
import { type Command, command, MUTATION_OPTIONS, type Positional } from '../command.ts';
import { EXIT } from '../errors.ts';
import { findOrganization } from '../find.ts';
import { plain, show } from '../output.ts';

const PATH = '/api/test-clocks';
const CLOCK: Positional = { name: 'clock', help: 'its id' };
interface Answer {
  readonly clock: TestClock;
}
const said = ({ clock }: Answer): string =>
  `${plain(clock.name)} (${clock.id}) stands at ${clock.at}${clock.target === null ? '' : `, on its way to ${clock.target}`}.\n`;

const create = command({
  path: ['clock', 'create'],
  summary: 'Give organizations a clock of their own that stands until it is advanced; in development',
  positionals: [
    { name: 'at', help: 'where it stands, as 2027-01-31T12:00:00Z' },
    { name: 'organization', help: 'who lives by it, by id or name' },
  ],
  options: MUTATION_OPTIONS,
  examples: ['clock create 2027-01-31T12:00:00Z acme'],
  run: async (context, [at = '', word = ''], options) => {
    const api = await context.api();
    const { id } = await findOrganization(api, word);
    const request = { body: { at, organization_ids: [id] }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<Answer>('POST', PATH, request);
    show(context, answer, () => said(answer));
    return EXIT.ok;
  },
});

const one = command({
  path: ['clock', 'show'],
  summary: 'Show where a test clock stands',
  positionals: [CLOCK],
  examples: ['clock show 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = '']) => {
    const answer = await (await context.api()).get<Answer>(`${PATH}/${id}`);
    show(context, answer, () => said(answer));
    return EXIT.ok;
  },
});

const advance = command({
  path: ['clock', 'advance'],
  summary: 'Advance a test clock; everything that falls due on the way happens, in order',
  positionals: [CLOCK, { name: 'to', help: 'as 2027-03-01T00:00:00Z' }],
  options: MUTATION_OPTIONS,
  examples: ['clock advance 00000000-0000-4000-8000-000000000001 2027-03-01T00:00:00Z'],
  run: async (context, [id = '', to = ''], options) => {
    const request = { body: { to }, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Answer>('POST', `${PATH}/${id}/advance`, request);
    show(context, answer, () => said(answer));
    return EXIT.ok;
  },
});

export const clockCommands: readonly Command[] = [create, one, advance];
