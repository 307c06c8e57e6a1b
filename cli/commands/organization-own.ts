/** `plinth organization …`: what an organization says of itself, its limits, its end */
import type { z } from 'zod';
import { type Organization, type QuotaList, QUOTA_KINDS } from '../../contract/organization.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { confirm, findOrganization, organizationId } from '../find.ts';
import { ago, pairs, plain, show, status, table } from '../output.ts';
import { inOrganization, OF_ORGANIZATION } from './member.ts';

type Answer = { organization: Organization };
const REASON = { type: 'string', value: 'TEXT', help: 'why; kept in the audit trail' } as const;

const shown = ({ organization: it }: Answer, colour: boolean): string =>
  pairs(
    [
      ['id', it.id],
      ['name', { text: plain(it.name), tone: 'bold' }],
      ['called', it.display_name === null ? null : plain(it.display_name)],
      ['status', status(it.status)],
      ['because', it.status_reason === null ? null : plain(it.status_reason)],
      ['second factor', it.require_second_factor ? 'members need one' : 'as members like'],
      ['vpses', String(it.vps_count)],
      ['since', ago(it.created_at)],
    ],
    colour,
  );

const display = command({
  path: ['organization', 'show'],
  summary: 'The organization one acts in',
  options: OF_ORGANIZATION,
  examples: ['organization show', 'organization show --organization acme'],
  run: async (context, _args, { organization }) => {
    const api = await context.api();
    const answer = await api.get<Answer>('/api/organization', await inOrganization(api, organization));
    show(context, answer, (colour) => shown(answer, colour));
    return EXIT.ok;
  },
});

const update = command({
  path: ['organization', 'update'],
  summary: 'Change its name for people, or whether members need a second factor',
  options: {
    'display-name': { type: 'string', value: 'TEXT', help: 'what people read' },
    'second-factor': { type: 'string', value: 'YES|NO', choices: ['yes', 'no'], help: 'whether its members need one' },
    ...OF_ORGANIZATION,
    ...MUTATION_OPTIONS,
  },
  examples: ['organization update --display-name "Acme Ltd"', 'organization update --second-factor yes'],
  run: async (context, _args, options) => {
    const api = await context.api();
    const factor = options['second-factor'];
    const body = { display_name: options['display-name'], require_second_factor: factor === undefined ? undefined : factor === 'yes' };
    const query = await inOrganization(api, options.organization);
    const answer = await api.change<Answer>('PATCH', '/api/organization', { query, body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, (colour) => shown(answer, colour));
    return EXIT.ok;
  },
});

const close = command({
  path: ['organization', 'close'],
  summary: 'Close an organization that has no living VPS; nothing acts in its name any more',
  positionals: [{ name: 'organization', help: 'id or name' }],
  options: { reason: REASON, ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['organization close acme --reason "moved away" --yes'],
  run: async (context, [word = ''], options) => {
    if (options.reason === undefined) throw usage('plinth organization close: --reason is missing.');
    const api = await context.api();
    const query = { organization_id: await organizationId(api, word) };
    await confirm(context, options.yes, word, `${word} will be closed: its tokens and service accounts end`);
    const request = { query, body: { reason: options.reason }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<Answer>('POST', '/api/organization/close', request);
    show(context, answer, () => `${plain(answer.organization.name)} is closed.\n`);
    return EXIT.ok;
  },
});

const block = command({
  path: ['organization', 'block'],
  summary: 'Let an organization order and make nothing new, or with --off again; what it has goes on',
  positionals: [{ name: 'organization', help: 'id or name' }],
  options: { reason: REASON, off: { type: 'boolean', help: 'lift the block' }, ...MUTATION_OPTIONS },
  examples: ['organization block acme --reason "abuse"', 'organization block acme --off'],
  run: async (context, [word = ''], options) => {
    if (options.reason === undefined && !options.off) throw usage('plinth organization block: --reason is missing.');
    const api = await context.api();
    const { id } = await findOrganization(api, word);
    const body = options.off ? {} : { reason: options.reason };
    const path = `/api/admin/organizations/${id}/${options.off ? 'unblock' : 'block'}`;
    const answer = await api.change<Answer>('POST', path, { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `${plain(answer.organization.name)} is ${answer.organization.status}.\n`);
    return EXIT.ok;
  },
});

const quota = command({
  path: ['organization', 'quota'],
  summary: 'What an organization may have at most and has; with --kind and --most, set it',
  options: {
    kind: { type: 'string', value: 'KIND', choices: QUOTA_KINDS, help: 'of what' },
    most: { type: 'string', value: 'N', help: 'at most so many; "none": no limit' },
    ...OF_ORGANIZATION,
    ...MUTATION_OPTIONS,
  },
  examples: ['organization quota', 'organization quota --organization acme --kind vpses --most 10'],
  run: async (context, _args, options) => {
    const api = await context.api();
    const query = await inOrganization(api, options.organization);
    const { kind, most } = options;
    if ((kind === undefined) !== (most === undefined)) throw usage('plinth organization quota: --kind and --most go together.');
    if (kind !== undefined && (query.organization_id === undefined || !(most === 'none' || /^\d{1,7}$/.test(most!))))
      throw usage('plinth organization quota: say --organization, and --most as a number or "none".');
    const body = { kind, most: most === 'none' ? null : Number(most) };
    const answer =
      kind === undefined
        ? await api.get<z.infer<typeof QuotaList>>('/api/organization/quotas', query)
        : await api.change<z.infer<typeof QuotaList>>('PUT', `/api/admin/organizations/${query.organization_id}/quotas`, {
            body,
            idempotencyKey: options['idempotency-key'],
          });
    show(context, answer, (colour) =>
      table(
        ['KIND', 'USED', 'AT MOST'],
        answer.quotas.map((each) => [each.kind, String(each.used), each.most === null ? 'no limit' : String(each.most)]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

export const ownOrganizationCommands: readonly Command[] = [display, update, close, block, quota];
