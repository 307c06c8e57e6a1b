/** `plinth drift …`, `plinth inventory …`, `plinth sweep …` */
import type { z } from 'zod';
import {
  DRIFT_STATES,
  type Drift,
  type DriftAnswer,
  type DriftList,
  type Inventory,
  type InventoryAnswer,
  InventoryKind,
  type Sweep,
  type SweepAnswer,
  type SweepList,
} from '../../contract/drift.ts';
import { type Command, command, type Context, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { accountId, findVps } from '../find.ts';
import { ago, pairs, plain, remark, show, status, table } from '../output.ts';

type DriftRow = z.infer<typeof Drift>;

const driftList = command({
  path: ['drift', 'list'],
  summary: 'List where providers differ from what the stacks recorded',
  details: 'Without --state: all that is not settled. A suspected one waits for the engine to confirm it.',
  options: {
    state: { type: 'string', value: 'STATE', choices: DRIFT_STATES, help: 'only these' },
    vps: { type: 'string', value: 'VPS', help: 'only this VPS, by id or label' },
    account: { type: 'string', value: 'ACCOUNT', help: 'only this account, by id or name' },
  },
  examples: ['drift list', 'drift list --state resolved --vps web'],
  run: async (context, _args, { state, vps, account }) => {
    const api = await context.api();
    const answer = await api.get<z.infer<typeof DriftList>>('/api/admin/drift', {
      state,
      vps_id: vps === undefined ? undefined : (await findVps(api, vps)).id,
      account_id: account === undefined ? undefined : await accountId(api, account),
    });
    show(context, answer, (colour) => table(DRIFT_HEAD, answer.drifts.map(driftRow), colour));
    if (!context.json && answer.drifts.length === 0) remark(context, 'There is no drift. The next look: plinth sweep list');
    return EXIT.ok;
  },
});

const DRIFT_HEAD = ['ID', 'VPS', 'STATE', 'DIFFERENCES', 'SINCE', 'LAST SEEN', 'NOTE'];
function driftRow(drift: DriftRow) {
  const differences = drift.differences.map(({ text }) => text).join('; ');
  return [
    drift.id,
    plain(drift.label),
    status(drift.state),
    plain(differences),
    ago(drift.first_seen_at),
    ago(drift.last_seen_at),
    plain(drift.message ?? drift.reason ?? drift.resolution ?? '-'),
  ];
}

function showDrift(context: Context, answer: z.infer<typeof DriftAnswer>): number {
  const { drift } = answer;
  show(context, answer, () => `${plain(drift.label)}: the drift is ${drift.state}\n`);
  if (!context.json && drift.action_operation_id !== null)
    remark(context, `Follow it with: plinth operation watch ${drift.action_operation_id}`);
  return EXIT.ok;
}

const one = command({
  path: ['drift', 'show'],
  summary: 'Show one drift: what differs, and what was decided',
  positionals: [{ name: 'drift', help: 'its id' }],
  examples: ['drift show 6f1c0a52-7f0e-4f0e-9d57-0b8a4c9f0f11'],
  run: async (context, [id = '']) => {
    const path = `/api/admin/drift/${encodeURIComponent(id)}`;
    const answer = await (await context.api()).get<z.infer<typeof DriftAnswer>>(path);
    const { drift } = answer;
    show(context, answer, (colour) =>
      pairs(
        [
          ['vps', `${plain(drift.label)} (${drift.vps_id})`],
          ['state', status(drift.state)],
          ...drift.differences.map(({ text }): [string, string] => ['differs', plain(text)]),
          ['seen', `${drift.seen_count} times, first ${ago(drift.first_seen_at)}`],
          ['message', drift.message && plain(drift.message)],
          ['decided', drift.decided_by && plain(`${drift.decided_by}: ${drift.reason ?? drift.state}`)],
          ['operation', drift.action_operation_id ?? drift.check_operation_id],
        ],
        colour,
      ),
    );
    return EXIT.ok;
  },
});

function act(action: 'accept' | 'repair', summary: string, details: string): Command {
  return command({
    path: ['drift', action],
    summary,
    details,
    positionals: [{ name: 'drift', help: 'its id' }],
    options: {
      confirm: { type: 'string', value: 'LABEL', help: 'the VPS’s label, needed when its server is gone' },
      ...MUTATION_OPTIONS,
    },
    examples: [`drift ${action} 6f1c0a52-7f0e-4f0e-9d57-0b8a4c9f0f11`],
    run: async (context, [id = ''], { confirm, 'idempotency-key': idempotencyKey }) => {
      const body = confirm === undefined ? {} : { confirm };
      const path = `/api/admin/drift/${encodeURIComponent(id)}/${action}`;
      return showDrift(context, await (await context.api()).change<z.infer<typeof DriftAnswer>>('POST', path, { body, idempotencyKey }));
    },
  });
}

const dismiss = command({
  path: ['drift', 'dismiss'],
  summary: 'Leave a drift as it is until it changes again',
  positionals: [{ name: 'drift', help: 'its id' }],
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; kept with it' }, ...MUTATION_OPTIONS },
  examples: ['drift dismiss 6f1c0a52-7f0e-4f0e-9d57-0b8a4c9f0f11 --reason "switched off by its owner"'],
  run: async (context, [id = ''], { reason, 'idempotency-key': idempotencyKey }) => {
    if (reason === undefined) throw usage('plinth drift dismiss: --reason is missing. Say why in a few words.');
    const path = `/api/admin/drift/${encodeURIComponent(id)}/dismiss`;
    return showDrift(
      context,
      await (await context.api()).change<z.infer<typeof DriftAnswer>>('POST', path, { body: { reason }, idempotencyKey }),
    );
  },
});

const inventory = command({
  path: ['inventory', 'list'],
  summary: 'List what accounts hold that no record accounts for',
  details:
    'orphan: a server of ours that no VPS needs. unmanaged: someone else’s. record: a DNS record of ours that points nowhere. leftover: a key, firewall, script or snapshot of a VPS that is no more.',
  options: {
    kind: { type: 'string', value: 'KIND', choices: InventoryKind.options, help: 'only these' },
    account: { type: 'string', value: 'ACCOUNT', help: 'only this account, by id or name' },
  },
  examples: ['inventory list', 'inventory list --kind orphan'],
  run: async (context, _args, { kind, account }) => {
    const api = await context.api();
    const query = { kind, account_id: account === undefined ? undefined : await accountId(api, account) };
    const answer = await api.get<z.infer<typeof Inventory>>('/api/admin/inventory', query);
    const head = ['ID', 'KIND', 'REASON', 'OBJECT', 'LABEL', 'MONTHLY', 'AGE', 'SEEN'];
    show(context, answer, (colour) => table(head, answer.items.map(itemRow), colour));
    if (context.json) return EXIT.ok;
    for (const { monthly, currency } of answer.orphan_cost) remark(context, `Orphans cost ${monthly} ${currency} a month.`);
    if (answer.missing.length > 0)
      remark(context, `Servers that are gone: ${answer.missing.map(({ label }) => plain(label)).join(', ')}. See: plinth drift list`);
    return EXIT.ok;
  },
});

function itemRow(item: z.infer<typeof Inventory>['items'][number]) {
  const cost = item.monthly_cost === null ? '-' : `${item.monthly_cost} ${item.currency}`;
  const age = item.age_days === null ? '-' : `${item.age_days} d`;
  return [item.id, item.kind, item.reason, plain(item.object_id), plain(item.label), cost, age, `${item.seen_count}×`];
}

const deleteStray = command({
  path: ['inventory', 'delete'],
  summary: 'Delete an orphan, a dangling record or a leftover at its provider',
  details:
    'Only what carries Plinth’s tag, comment or name, that no VPS needs and that two sweeps have seen. Nothing of it can be brought back.',
  positionals: [{ name: 'item', help: 'its id in the inventory' }],
  options: {
    object: { type: 'string', value: 'OBJECT', help: 'its id at the provider, typed to be sure which one goes' },
    reason: { type: 'string', value: 'TEXT', help: 'why; kept in the audit trail' },
    ...MUTATION_OPTIONS,
  },
  examples: ['inventory delete 6f1c0a52-7f0e-4f0e-9d57-0b8a4c9f0f11 --object 3164444 --reason "left behind by a test"'],
  run: async (context, [id = ''], { object, reason, 'idempotency-key': idempotencyKey }) => {
    if (object === undefined || reason === undefined)
      throw usage('plinth inventory delete: --object and --reason are both needed. See: plinth inventory list');
    const path = `/api/admin/inventory/${encodeURIComponent(id)}/delete`;
    const body = { object_id: object, reason };
    const answer = await (await context.api()).change<z.infer<typeof InventoryAnswer>>('POST', path, { body, idempotencyKey });
    show(context, answer, () => `${plain(answer.item.label)} (${plain(answer.item.object_id)}) is gone.\n`);
    return EXIT.ok;
  },
});

const sweepList = command({
  path: ['sweep', 'list'],
  summary: 'List the reconcilers, what they last did and when they run next',
  examples: ['sweep list'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof SweepList>>('/api/admin/sweeps');
    show(context, answer, (colour) =>
      table(['NAME', 'STATE', 'LAST RUN', 'TOOK', 'NEXT RUN', 'RESULT'], answer.sweeps.map(sweepRow), colour),
    );
    return EXIT.ok;
  },
});

function sweepRow({ name, running, next_run_at: next, last }: z.infer<typeof Sweep>) {
  const took = last?.duration_ms == null ? '-' : `${last.duration_ms} ms`;
  return [
    name,
    status(running ? 'running' : (last?.outcome ?? 'waiting')),
    ago(last?.started_at ?? null),
    took,
    next ?? 'on request',
    plain(last?.message ?? '-'),
  ];
}

const sweepRun = command({
  path: ['sweep', 'run'],
  summary: 'Run a reconciler now, also while what Plinth does by itself is stopped',
  positionals: [{ name: 'name', help: 'as plinth sweep list shows it' }],
  options: MUTATION_OPTIONS,
  examples: ['sweep run drift'],
  run: async (context, [name = ''], { 'idempotency-key': idempotencyKey }) => {
    const path = `/api/admin/sweeps/${encodeURIComponent(name)}/run`;
    const answer = await (await context.api()).change<z.infer<typeof SweepAnswer>>('POST', path, { body: {}, idempotencyKey });
    show(context, answer, () => `${answer.sweep.name} runs as soon as a worker takes it. See: plinth sweep list\n`);
    return EXIT.ok;
  },
});

export const driftCommands: readonly Command[] = [
  driftList,
  one,
  act(
    'accept',
    'Take over what the provider has',
    'The record becomes what the provider has, and a changed plan what the VPS is meant to have.',
  ),
  act(
    'repair',
    'Restore what was recorded',
    'The provider gets again what the record says. A server that is gone is replaced by a new, empty one.',
  ),
  dismiss,
  inventory,
  deleteStray,
  sweepList,
  sweepRun,
];
