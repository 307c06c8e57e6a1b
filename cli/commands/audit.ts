/** `plinth audit …` */
import type { z } from 'zod';
import { ACTOR_KINDS, type AuditPage, type AuditVerified } from '../../contract/audit.ts';
import { problemError } from '../api.ts';
import { type Command, command, type Context } from '../command.ts';
import { EXIT } from '../errors.ts';
import { organizationId } from '../find.ts';
import { remark, show, table } from '../output.ts';

const FILTERS = {
  target: { type: 'string', value: 'ID', help: 'only what was done to this VPS, account or token' },
  actor: { type: 'string', value: 'WHO', help: 'only what this one did, by id or name' },
  kind: { type: 'string', value: 'KIND', choices: ACTOR_KINDS, help: 'only what users, tokens … did' },
  action: { type: 'string', value: 'ACTION', help: 'only this, or this noun: vps.password-revealed, vps' },
  organization: { type: 'string', value: 'ORGANIZATION', help: 'only this organization’s, by id or name' },
  since: { type: 'string', value: 'TIME', help: 'not older, as in 2026-01-31T00:00:00Z' },
  until: { type: 'string', value: 'TIME', help: 'only older' },
  search: { type: 'string', value: 'TEXT', help: 'in names, actions, targets and details' },
} as const;

type Filters = Readonly<Record<keyof typeof FILTERS, string | undefined>>;

async function queryOf(context: Context, { kind, organization, search, ...rest }: Filters) {
  const organization_id = organization === undefined ? undefined : await organizationId(await context.api(), organization);
  const { target, actor, action, since, until } = rest;
  return { target, actor, action, since, until, actor_kind: kind, organization_id, q: search };
}

const list = command({
  path: ['audit'],
  summary: 'Who did what, newest first',
  options: {
    limit: { type: 'string', value: 'N', help: 'at most so many, 1 to 500; default 100' },
    before: { type: 'string', value: 'SEQ', help: 'only older ones' },
    ...FILTERS,
  },
  examples: ['audit --limit 20', 'audit --actor ada --action vps', 'audit --json'],
  run: async (context, _args, { limit, before, ...filters }) => {
    const query = { limit, before, ...(await queryOf(context, filters)) };
    const page = await (await context.api()).get<z.infer<typeof AuditPage>>('/api/audit', query);
    show(context, page, (colour) =>
      table(
        ['SEQ', 'WHEN', 'WHO', 'FROM', 'WHAT', 'ON', 'DETAILS'],
        page.events.map((event) => [
          event.seq,
          event.at,
          event.on_behalf_of === null ? event.actor : `${event.actor} for ${event.on_behalf_of.name}`,
          event.address ?? '-',
          event.action,
          event.target,
          JSON.stringify(event.data),
        ]),
        colour,
      ),
    );
    if (!page.chain_intact) remark(context, 'The chain of hashes is broken: entries were changed or removed in the database.');
    else if (page.next !== null && !context.json) remark(context, `There are more: --before ${page.next}`);
    return page.chain_intact ? EXIT.ok : EXIT.failed;
  },
});

const verify = command({
  path: ['audit', 'verify'],
  summary: 'Verify the whole chain of the audit trail, and against its anchors',
  details: 'The anchors are the chain’s heads, written outside the database once a day (PLINTH_AUDIT_ANCHORS).',
  examples: ['audit verify'],
  run: async (context) => {
    const report = await (await context.api()).get<z.infer<typeof AuditVerified>>('/api/audit/verify');
    const { rows, anchors, broken } = report;
    show(context, report, () =>
      broken ? `Broken at entry ${broken.seq}. ${broken.reason}\n` : `${rows} entries are intact and agree with ${anchors} anchors.\n`,
    );
    return broken ? EXIT.failed : EXIT.ok;
  },
});

const save = command({
  path: ['audit', 'export'],
  summary: 'Write the audit trail to standard output, oldest first',
  options: {
    format: { type: 'string', value: 'FORMAT', choices: ['jsonl', 'csv'], help: 'a JSON object or a CSV row a line; default jsonl' },
    ...FILTERS,
  },
  examples: ['audit export --since 2026-01-01T00:00:00Z > audit.jsonl', 'audit export --format csv > audit.csv'],
  run: async (context, _args, { format, ...filters }) => {
    const api = await context.api();
    const answer = await api.open('GET', '/api/audit/export', { query: { format, ...(await queryOf(context, filters)) } });
    if (!answer.ok || !answer.body) throw problemError(answer.status, await answer.text(), api.connection);
    const text = new TextDecoder();
    for await (const chunk of answer.body) context.io.out(text.decode(chunk, { stream: true }));
    return EXIT.ok;
  },
});

export const auditCommands: readonly Command[] = [list, verify, save];
