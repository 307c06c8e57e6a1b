/** `plinth organization …`, and giving a VPS to another one */
import type { Organization } from '../../contract/organization.ts';
import type { Vps } from '../../contract/vps.ts';
import { type Command, command, MUTATION_OPTIONS, VPS, YES_OPTION } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { confirm, findOrganization, findVps } from '../find.ts';
import { ago, plain, show, table } from '../output.ts';

const LIST = '/api/admin/organizations';

const list = command({
  path: ['organization', 'list'],
  summary: 'List organizations, the customers',
  examples: ['organization list'],
  run: async (context) => {
    const answer = await (await context.api()).get<{ organizations: Organization[] }>(LIST);
    show(context, answer, (colour) =>
      table(
        ['ID', 'NAME', 'VPSES', 'ZONES', 'SINCE'],
        answer.organizations.map((each) => [each.id, each.name, String(each.vps_count), zonesOf(each), ago(each.created_at)]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const create = command({
  path: ['organization', 'create'],
  summary: 'Add an organization',
  positionals: [{ name: 'name', help: 'letters, digits, "_", "." and "-"; the first part of its stacks’ full names' }],
  options: MUTATION_OPTIONS,
  examples: ['organization create acme'],
  run: async (context, [name = ''], options) => {
    const api = await context.api();
    const request = { body: { name }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<{ organization: Organization }>('POST', LIST, request);
    show(context, answer, () => `${plain(answer.organization.name)} is ${answer.organization.id}.\n`);
    return EXIT.ok;
  },
});

const zones = command({
  path: ['organization', 'zones'],
  summary: 'Say in which zones an organization may have DNS names',
  details: 'Binds its own tokens. Names that it has already stay. Labels such as www and mail are never theirs directly below a zone.',
  positionals: [
    { name: 'organization', help: 'id or name' },
    { name: 'zones', help: 'zones, separated by commas; "none", or "default" for the default zones of the DNS accounts' },
  ],
  options: MUTATION_OPTIONS,
  examples: ['organization zones acme customers.example.com', 'organization zones acme default'],
  run: async (context, [word = '', list = ''], options) => {
    const api = await context.api();
    const { id } = await findOrganization(api, word);
    const named = list.split(',').map((zone) => zone.trim());
    const body = { zones: list === 'default' ? null : list === 'none' ? [] : named };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const { organization } = await api.change<{ organization: Organization }>('PATCH', `${LIST}/${id}`, request);
    show(context, { organization }, () => `${plain(organization.name)} may have names in ${zonesOf(organization)}.\n`);
    return EXIT.ok;
  },
});

function zonesOf({ zones: list }: Organization): string {
  if (list === null) return 'the default zones';
  return list.length === 0 ? 'no zone' : plain(list.join(', '));
}

const give = command({
  path: ['vps', 'give'],
  summary: 'Give a VPS to another organization',
  details:
    'Record and stack move; the server stays as it is. The former owner may know the password: reset it, or reinstall, when that matters.',
  positionals: [VPS, { name: 'organization', help: 'id or name of the new owner' }],
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why; kept in the audit trail of both' },
    ...YES_OPTION,
    ...MUTATION_OPTIONS,
  },
  examples: ['vps give web-1 acme --reason "sold with the shop" --yes'],
  run: async (context, [word = '', to = ''], options) => {
    if (options.reason === undefined) throw usage('plinth vps give: --reason is missing. Say why; it is kept in the audit trail.');
    const api = await context.api();
    const [vps, organization] = [await findVps(api, word), await findOrganization(api, to)];
    await confirm(context, options.yes, vps.label, `${vps.label} (${vps.id}) will belong to ${organization.name}`);
    const body = { organization_id: organization.id, reason: options.reason };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<{ instance: Vps }>('PUT', `/api/vps/${vps.id}/owner`, request);
    show(context, answer, () => `${plain(answer.instance.label)} belongs to ${plain(organization.name)} now.\n`);
    return EXIT.ok;
  },
});

export const organizationCommands: readonly Command[] = [list, create, zones, give];
