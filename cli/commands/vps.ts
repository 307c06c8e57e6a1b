/** `plinth vps …` */
import type { Operation } from '../../contract/operation.ts';
import { type Tombstone, VPS_STATUSES, type Vps, type VpsDetail, type VpsTags } from '../../contract/vps.ts';
import { VPS_POWERS } from '../../contract/words.ts';
import type { Api } from '../api.ts';
import { type Command, command, type Context, MUTATION_OPTIONS, PAGE_OPTIONS, VPS, WAIT_OPTION, YES_OPTION } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { confirm, everyVps, findVps } from '../find.ts';
import { ago, pairs, plain, remark, show, status, table } from '../output.ts';
import { follow, outcome } from '../watch.ts';
import { accepted, type Accepted } from './accepted.ts';
import { totalSentence } from './snapshot.ts';
import { DNS_NAME_OPTIONS, dnsOf, vpsCreate } from './vps-create.ts';

const list = command({
  path: ['vps', 'list'],
  summary: 'List VPSes, newest first',
  options: {
    status: { type: 'string', value: 'STATUS', choices: VPS_STATUSES, help: 'only these' },
    provider: { type: 'string', value: 'PROVIDER', help: 'only at this provider' },
    region: { type: 'string', value: 'REGION', help: 'only in this region' },
    power: { type: 'string', value: 'POWER', choices: VPS_POWERS, help: 'only those last seen so' },
    busy: { type: 'boolean', help: 'only those with something under way' },
    tagged: { type: 'string', value: 'TAG', multiple: true, help: 'only those with this tag; of several: with each' },
    search: { type: 'string', value: 'TEXT', help: 'in label, hostname, address and reference' },
    sort: { type: 'string', value: 'FIELD', choices: ['created_at', '-created_at', 'label', '-label'], help: 'order' },
    deleted: { type: 'boolean', help: 'also the terminated ones' },
    ...PAGE_OPTIONS,
    all: { type: 'boolean', help: 'every page' },
  },
  examples: ['vps list', 'vps list --status error', 'vps list --tagged web --tagged prod', 'vps list --all --json'],
  run: async (context, _args, options) => {
    const api = await context.api();
    const query = {
      ...(options.status === undefined ? {} : { status: options.status }),
      ...(options.provider === undefined ? {} : { provider: options.provider }),
      ...(options.region === undefined ? {} : { region: options.region }),
      ...(options.power === undefined ? {} : { power: options.power }),
      ...(options.busy ? { busy: true } : {}),
      ...(options.tagged.length === 0 ? {} : { tags: options.tagged.join(',') }),
      ...(options.search === undefined ? {} : { q: options.search }),
      ...(options.sort === undefined ? {} : { sort: options.sort }),
      ...(options.deleted ? { include_deleted: true } : {}),
    };
    const from = { ...query, ...(options.limit === undefined ? {} : { limit: options.limit }), cursor: options.cursor };
    const page = options.all
      ? { instances: await everyVps(api, from), next: null }
      : await api.get<{ instances: Vps[]; next: string | null }>('/api/vps', from);
    show(context, page, (colour) =>
      page.instances.length === 0 ? 'No VPS. Create one with: plinth vps create\n' : vpsTable(page.instances, colour),
    );
    if (page.next !== null && !context.json) remark(context, `There are more: --all, or --cursor ${page.next}`);
    return EXIT.ok;
  },
});

function vpsTable(instances: readonly Vps[], colour: boolean): string {
  const rows = instances.map((vps) => [
    vps.id,
    vps.label,
    status(vps.status),
    vps.power_state ?? '-',
    vps.under_way ? { text: vps.under_way.kind, tone: 'warn' as const } : '-',
    vps.ipv4 ?? '-',
    vps.simulated ? `${vps.provider} (simulated)` : vps.provider,
    vps.region,
    vps.plan,
    vps.image,
    { text: ago(vps.created_at), tone: 'dim' as const },
  ]);
  return table(['ID', 'LABEL', 'STATUS', 'POWER', 'UNDER WAY', 'IPV4', 'PROVIDER', 'REGION', 'PLAN', 'IMAGE', 'CREATED'], rows, colour);
}

const tags = command({
  path: ['vps', 'tags'],
  summary: 'List the tags in use, and on how many VPSes each is',
  examples: ['vps tags'],
  run: async (context) => {
    const api = await context.api();
    const body = await api.get<VpsTags>('/api/vps-tags');
    show(context, body, (colour) =>
      body.tags.length === 0
        ? 'No VPS has a tag.\n'
        : table(
            ['TAG', 'VPSES'],
            body.tags.map(({ tag, count }) => [tag, String(count)]),
            colour,
          ),
    );
    return EXIT.ok;
  },
});

const one = command({
  path: ['vps', 'show'],
  summary: 'Show one VPS',
  positionals: [VPS],
  examples: ['vps show web-1', 'vps show web-1 --json'],
  run: async (context, [word = '']) => {
    const api = await context.api();
    const instance = await findVps(api, word);
    const { operations } = context.json
      ? { operations: [] }
      : await api.get<{ operations: Operation[] }>('/api/operations', { vps_id: instance.id, limit: 1 });
    show(context, { instance }, (colour) => vpsPairs(instance, operations[0], colour));
    return EXIT.ok;
  },
});

/** One that has ended: what stands on its tombstone, and nothing that looks alive. */
function endedPairs(
  vps: Vps,
  { at, by, kept, operation_id: operation }: Tombstone,
  evidence: VpsDetail['evidence'],
  colour: boolean,
): string {
  return pairs(
    [
      ['id', vps.id],
      ['label', { text: vps.label, tone: 'bold' }],
      ['status', status(vps.status)],
      ['ended', `${at} (${ago(at)})`],
      ['asked by', by],
      ['operation', operation],
      ['proof', evidence && (evidence.clean ? `read at the provider ${evidence.at}` : { text: 'not clean', tone: 'warn' })],
      ...(evidence?.checks.map(
        (check) =>
          [
            '',
            `${check.result}: ${plain(check.what)} (${plain(check.detail)}${check.monthly_cost ? `, ${check.monthly_cost.monthly} ${check.monthly_cost.currency} a month` : ''})`,
          ] as const,
      ) ?? []),
      ['kept', kept.count === 0 ? 'nothing' : totalSentence(kept)],
      ['was', [vps.provider, vps.region, vps.plan, vps.image, vps.ipv4].filter(Boolean).join(', ')],
      ['reference', vps.external_reference],
      ['notes', vps.notes && plain(vps.notes)],
      ['created', `${vps.created_at} (${ago(vps.created_at)})`],
    ],
    colour,
  );
}

function vpsPairs(vps: Vps & Partial<VpsDetail>, last: Operation | undefined, colour: boolean): string {
  if (vps.tombstone) return endedPairs(vps, vps.tombstone, vps.evidence ?? null, colour);
  return pairs(
    [
      ['id', vps.id],
      ['label', { text: vps.label, tone: 'bold' }],
      ['status', status(vps.status)],
      ['power', vps.power_state && `${vps.power_state}${vps.power_seen_at ? `, seen ${ago(vps.power_seen_at)}` : ''}`],
      ['under way', vps.under_way && { text: `${vps.under_way.kind} (${vps.under_way.status})`, tone: 'warn' }],
      ['suspended', vps.suspension && { text: `${plain(vps.suspension.reason)} (${ago(vps.suspension.since)})`, tone: 'warn' }],
      ['maintenance', vps.maintenance && { text: plain(vps.maintenance), tone: 'warn' }],
      ['rescue', vps.rescue_since && { text: `since ${ago(vps.rescue_since)}`, tone: 'warn' }],
      ['lives until', vps.status === 'ending' ? (vps.ends_at ?? 'the end of its paid period') : null],
      ['ends', vps.terminate_due_at && `${vps.terminate_due_at}${vps.final_snapshot ? ', after a final snapshot' : ''}`],
      ['protected', vps.delete_protection ? 'from deletion' : null],
      ['hostname', vps.hostname],
      ['ipv4', vps.ipv4],
      ['ipv6', vps.ipv6],
      ['dns name', vps.dns_name && (vps.reverse_dns ? `${vps.dns_name} (and back)` : vps.dns_name)],
      ['provider', vps.simulated ? { text: `${vps.provider} (simulated: no such server exists)`, tone: 'warn' } : vps.provider],
      ['account', vps.provider_id],
      ['instance', vps.instance_id],
      ['region', vps.region],
      ['plan', vps.plan],
      ['image', vps.image],
      ['backups', vps.backups ? 'on' : 'off'],
      ['tags', vps.tags.join(', ') || null],
      ['password', vps.password_available ? (vps.password_revealed ? 'known, shown before' : 'known, never shown') : 'not known yet'],
      ['reference', vps.external_reference],
      ['notes', vps.notes && plain(vps.notes)],
      ['created', `${vps.created_at} (${ago(vps.created_at)})`],
      ['deleted', vps.deleted_at],
      ['last operation', last ? `${last.kind} ${last.status} ${ago(last.finished_at ?? last.created_at)} (${last.id})` : null],
    ],
    colour,
  );
}

const watch = command({
  path: ['vps', 'watch'],
  summary: 'Follow what is being done to a VPS',
  details: 'Follows the newest operation to its end; the exit code tells how it ended. With --json: one event per line.',
  positionals: [VPS],
  examples: ['vps watch web-1', 'vps watch web-1 --json'],
  run: async (context, [word = '']) => {
    const api = await context.api();
    const { id, label } = await findVps(api, word);
    const { operations } = await api.get<{ operations: Operation[] }>('/api/operations', { vps_id: id, limit: 1 });
    const newest = operations[0];
    if (!newest) throw new CliError(EXIT.notFound, `Nothing was ever done to ${label}.`);
    return outcome(context, await follow(context, api, newest));
  },
});

const destroy = command({
  path: ['vps', 'destroy'],
  summary: 'Destroy a VPS and all that is on it, and its snapshots',
  details: 'Only the snapshot of --final-snapshot stays; it costs money until plinth snapshot delete.',
  positionals: [VPS],
  options: {
    ...YES_OPTION,
    grace: { type: 'string', value: 'HOURS', help: 'how long it can be restored; default is the service’s; 0 = now, for good' },
    'final-snapshot': { type: 'boolean', help: 'make a snapshot first, keep it, and destroy nothing without it' },
    ...WAIT_OPTION,
    ...MUTATION_OPTIONS,
  },
  examples: [
    'vps destroy web-1',
    'vps destroy web-1 --grace 0 --yes --wait',
    'vps destroy web-1 --grace 72',
    'vps destroy web-1 --final-snapshot',
  ],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const vps = await findVps(api, word);
    await confirm(
      context,
      options.yes,
      vps.label,
      `${vps.label} (${vps.id}, ${vps.ipv4 ?? 'no address'}) and everything on it will be lost${options.grace !== undefined && Number(options.grace) === 0 ? ' now, for good' : ' when its grace is over'}`,
    );
    const query = new URLSearchParams({
      ...(options.grace === undefined ? {} : { grace_hours: options.grace }),
      ...(options['final-snapshot'] === undefined ? {} : { final_snapshot: String(options['final-snapshot']) }),
    });
    const path = `/api/vps/${vps.id}${query.size > 0 ? `?${query}` : ''}`;
    const answer = await api.change<{ instance: Vps; operation: Operation | null }>('DELETE', path, {
      idempotencyKey: options['idempotency-key'],
    });
    const { instance, operation } = answer;
    if (operation !== null) return await accepted(context, api, { instance, operation }, options.wait);
    show(
      context,
      answer,
      () => `${instance.label} will be destroyed at ${instance.terminate_due_at}. Until then: plinth vps undo ${instance.id}\n`,
    );
    return EXIT.ok;
  },
});

const reveal = command({
  path: ['vps', 'reveal-password'],
  summary: 'Show the administrator’s password, once',
  details: 'The password alone goes to standard output. Who saw it and why is in the audit trail.',
  positionals: [VPS],
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why you need it; kept in the audit trail' },
    again: { type: 'boolean', help: 'although it was shown before (admins only)' },
    ...MUTATION_OPTIONS,
  },
  examples: ['vps reveal-password web-1 --reason "handing it to the customer, ticket 4711"'],
  run: async (context, [word = ''], options) => {
    if (options.reason === undefined) throw usage('plinth vps reveal-password: --reason is missing. Type why you need the password.');
    const api = await context.api();
    const vps = await findVps(api, word);
    const answer = await api.change<{ username: string; password: string; simulated: boolean }>(
      'POST',
      `/api/vps/${vps.id}/reveal-password`,
      {
        body: { reason: options.reason, again: options.again ?? false },
        idempotencyKey: options['idempotency-key'],
      },
    );
    show(context, answer, () => `${answer.password}\n`);
    if (!context.json) remark(context, `This is the password of ${answer.username} on ${vps.label}. Keep it now: it is shown once.`);
    return EXIT.ok;
  },
});

const retry = command({
  path: ['vps', 'retry'],
  summary: 'Run the last failed operation again, under another name if told',
  details:
    'It looks first and adopts what the failed one left, so nothing is made twice. A name is taken by set-ups, imports and renames only.',
  positionals: [VPS],
  options: {
    hostname: { type: 'string', value: 'NAME', help: 'another name: one label, or a whole name in the zone' },
    dns: { type: 'boolean', help: 'make a DNS name (--no-dns: none)' },
    'dns-zone': DNS_NAME_OPTIONS['dns-zone'],
    'dns-name': DNS_NAME_OPTIONS['dns-name'],
    'dns-account': DNS_NAME_OPTIONS['dns-account'],
    ...WAIT_OPTION,
    ...MUTATION_OPTIONS,
  },
  examples: ['vps retry web-1 --wait', 'vps retry web-1 --dns-name shop-2 --wait', 'vps retry web-1 --no-dns'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id } = await findVps(api, word);
    const dns = await dnsOf(api, options);
    const body = { ...(options.hostname === undefined ? {} : { hostname: options.hostname }), ...(dns === undefined ? {} : { dns }) };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    return await accepted(context, api, await api.change<Accepted>('POST', `/api/vps/${id}/retry`, request), options.wait);
  },
});

/** A change that takes nothing but the VPS. */
function simple(name: 'refresh' | 'preview', summary: string, details: string): Command {
  return command({
    path: ['vps', name],
    summary,
    details,
    positionals: [VPS],
    options: { ...WAIT_OPTION, ...MUTATION_OPTIONS },
    examples: [`vps ${name} web-1 --wait`],
    run: async (context: Context, [word = '']: readonly string[], options) => {
      const api: Api = await context.api();
      const { id } = await findVps(api, word);
      const answer = await api.change<Accepted>('POST', `/api/vps/${id}/${name}`, { idempotencyKey: options['idempotency-key'] });
      // A preview that nobody looks at is good for nothing.
      return await accepted(context, api, answer, options.wait ?? name === 'preview');
    },
  });
}

export const vpsCommands: readonly Command[] = [
  vpsCreate,
  list,
  tags,
  one,
  watch,
  destroy,
  reveal,
  retry,
  simple(
    'refresh',
    'Ask the provider what is there now',
    'Brings the recorded state up to what the provider says; changes nothing at the provider.',
  ),
  simple(
    'preview',
    'Show what bringing a VPS to its spec would change',
    'Changes nothing. Waits for the answer; --no-wait only orders it.',
  ),
];
