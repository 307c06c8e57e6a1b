/** `plinth member …`: people in an organization */
import type { z } from 'zod';
import type { MemberAnswer, MemberList } from '../../contract/organization.ts';
import type { InvitationAnswer, InvitationList } from '../../contract/people.ts';
import { MEMBER_ROLES } from '../../contract/permissions.ts';
import type { Api } from '../api.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { confirm, organizationId } from '../find.ts';
import { ago, plain, show, table } from '../output.ts';

type Members = z.infer<typeof MemberList>['members'];

export const OF_ORGANIZATION = {
  organization: { type: 'string', value: 'ORGANIZATION', help: 'which one, by id or name, where you act for all of them' },
} as const;

/** As the query that names it; {} where the token is one organization's own. */
export async function inOrganization(api: Api, word: string | undefined): Promise<{ organization_id?: string }> {
  return word === undefined ? {} : { organization_id: await organizationId(api, word) };
}

async function find(api: Api, query: { organization_id?: string }, word: string): Promise<Members[number]> {
  const { members } = await api.get<{ members: Members }>('/api/members', query);
  const found = members.find((each) => [each.user_id, each.email, each.name].includes(word));
  if (found) return found;
  throw new CliError(EXIT.notFound, `There is no member "${word}". There are: ${members.map(({ email }) => email).join(', ') || 'none'}.`);
}

const list = command({
  path: ['member', 'list'],
  summary: 'People in an organization, and their roles',
  options: OF_ORGANIZATION,
  examples: ['member list', 'member list --organization acme'],
  run: async (context, _args, { organization }) => {
    const api = await context.api();
    const answer = await api.get<{ members: Members }>('/api/members', await inOrganization(api, organization));
    show(context, answer, (colour) =>
      table(
        ['ID', 'NAME', 'EMAIL', 'ROLE', 'SECOND FACTOR', 'SINCE'],
        answer.members.map((each) => [
          each.user_id,
          plain(each.name),
          each.email,
          each.role,
          each.second_factor ? 'yes' : 'no',
          ago(each.since),
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const role = command({
  path: ['member', 'role'],
  summary: 'Give a member another role',
  positionals: [
    { name: 'member', help: 'id, address or name' },
    { name: 'role', help: MEMBER_ROLES.join(', ') },
  ],
  options: { ...OF_ORGANIZATION, ...MUTATION_OPTIONS },
  examples: ['member role ada@example.com operator'],
  run: async (context, [word = '', to = ''], options) => {
    const api = await context.api();
    const query = await inOrganization(api, options.organization);
    const member = await find(api, query, word);
    const request = { body: { role: to, ...query }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof MemberAnswer>>('PATCH', `/api/members/${member.user_id}`, request);
    show(context, answer, () => `${plain(answer.member.name)} is ${answer.member.role} now.\n`);
    return EXIT.ok;
  },
});

const remove = command({
  path: ['member', 'remove'],
  summary: 'Take a member out of the organization, with the tokens that they have there',
  positionals: [{ name: 'member', help: 'id, address or name' }],
  options: { ...OF_ORGANIZATION, ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['member remove ada@example.com --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const query = await inOrganization(api, options.organization);
    const member = await find(api, query, word);
    await confirm(context, options.yes, member.email, `${member.email} will be out of the organization`);
    await api.change('DELETE', `/api/members/${member.user_id}`, { query, idempotencyKey: options['idempotency-key'] });
    show(context, null, () => `${plain(member.name)} is out.\n`);
    return EXIT.ok;
  },
});

const invite = command({
  path: ['member', 'invite'],
  summary: 'Ask somebody in by mail; an earlier open invitation of theirs is taken back',
  positionals: [
    { name: 'email', help: 'whom' },
    { name: 'role', help: MEMBER_ROLES.join(', ') },
  ],
  options: { ...OF_ORGANIZATION, ...MUTATION_OPTIONS },
  examples: ['member invite grace@example.com operator'],
  run: async (context, [email = '', to = ''], options) => {
    const api = await context.api();
    const query = await inOrganization(api, options.organization);
    const request = { body: { email, role: to, ...query }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof InvitationAnswer>>('POST', '/api/invitations', request);
    show(context, answer, () => `${answer.invitation.email} is asked in as ${answer.invitation.role}; the link is in the mail.\n`);
    return EXIT.ok;
  },
});

const invitations = async (api: Api, query: { organization_id?: string }): Promise<z.infer<typeof InvitationList>> =>
  await api.get('/api/invitations', query);

const invited = command({
  path: ['member', 'invited'],
  summary: 'Who is asked in and has not come yet',
  options: OF_ORGANIZATION,
  examples: ['member invited'],
  run: async (context, _args, { organization }) => {
    const api = await context.api();
    const answer = await invitations(api, await inOrganization(api, organization));
    show(context, answer, (colour) =>
      table(
        ['ID', 'EMAIL', 'ROLE', 'BY', 'UNTIL'],
        answer.invitations.map((each) => [each.id, each.email, each.role, plain(each.inviter ?? ''), each.expires_at]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const uninvite = command({
  path: ['member', 'uninvite'],
  summary: 'Take an invitation back; its link counts no more',
  positionals: [{ name: 'invitation', help: 'id or address' }],
  options: { ...OF_ORGANIZATION, ...MUTATION_OPTIONS },
  examples: ['member uninvite grace@example.com'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const query = await inOrganization(api, options.organization);
    const open = (await invitations(api, query)).invitations.find((each) => [each.id, each.email].includes(word));
    if (!open) throw new CliError(EXIT.notFound, `Nobody is asked in as "${word}". See them with: plinth member invited`);
    await api.change('DELETE', `/api/invitations/${open.id}`, { query, idempotencyKey: options['idempotency-key'] });
    show(context, null, () => `${open.email} is asked in no more.\n`);
    return EXIT.ok;
  },
});

const transfer = command({
  path: ['organization', 'transfer'],
  summary: 'Make another member owner; who gives it away stays as admin',
  positionals: [{ name: 'member', help: 'id, address or name' }],
  options: { ...OF_ORGANIZATION, ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['organization transfer grace@example.com --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const query = await inOrganization(api, options.organization);
    const member = await find(api, query, word);
    await confirm(context, options.yes, member.email, `${member.email} will own the organization`);
    const request = { query, body: { user_id: member.user_id }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof MemberAnswer>>('POST', '/api/organization/transfer', request);
    show(context, answer, () => `${plain(answer.member.name)} is ${answer.member.role} now.\n`);
    return EXIT.ok;
  },
});

export const memberCommands: readonly Command[] = [list, role, remove, invite, invited, uninvite, transfer];
