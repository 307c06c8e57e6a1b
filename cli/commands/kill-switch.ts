/** `plinth kill-switch …` and `plinth drift-policy …`: what Plinth may do by itself. */
import type { z } from 'zod';
import { DRIFT_FIELDS, type DriftPolicyEntry, type DriftPolicyList } from '../../contract/drift-policy.ts';
import { type KillSwitches, DRIFT_POLICIES } from '../../contract/drift.ts';
import { type Command, command, type Context, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { accountId, accounts } from '../find.ts';
import { ago, plain, remark, show, status, table } from '../output.ts';

/** On the command line; the API says null. */
const INHERIT = 'inherit';

const switchesShow = command({
  path: ['kill-switch', 'show'],
  summary: 'Show what Plinth may do by itself, and what needs a person',
  examples: ['kill-switch show'],
  run: async (context) => showSwitches(context, await (await context.api()).get('/api/admin/kill-switches')),
});

function showSwitches(context: Context, answer: z.infer<typeof KillSwitches>): number {
  show(context, answer, (colour) => {
    const rows = answer.accounts.map((each) => [
      plain(each.name),
      status(each.stopped ? 'stopped' : 'ok'),
      each.drift_policy,
      plain(each.reason ?? '-'),
    ]);
    return table(['ACCOUNT', 'BY ITSELF', 'DRIFT POLICY', 'REASON'], rows, colour);
  });
  if (context.json) return EXIT.ok;
  if (answer.stopped)
    remark(context, `What Plinth does by itself is stopped by ${plain(answer.stopped.by)}: ${plain(answer.stopped.reason)}`);
  if (answer.destructive_hold)
    remark(context, `Nothing is destroyed: ${plain(answer.destructive_hold.reason)} Lift it with: plinth kill-switch start --hold`);
  for (const { message } of answer.alerts) remark(context, plain(message));
  return EXIT.ok;
}

const SWITCH_OPTIONS = {
  account: { type: 'string', value: 'ACCOUNT', help: 'only on this account, by id or name; default all of Plinth' },
  hold: { type: 'boolean', help: 'instead, the hold on destructive work' },
  ...MUTATION_OPTIONS,
} as const;

async function change(
  context: Context,
  body: Record<string, unknown>,
  account: string | undefined,
  idempotencyKey: string | undefined,
): Promise<number> {
  const api = await context.api();
  const whole = { ...body, ...(account === undefined ? {} : { account_id: await accountId(api, account) }) };
  return showSwitches(
    context,
    await api.change<z.infer<typeof KillSwitches>>('PUT', '/api/admin/kill-switches', { body: whole, idempotencyKey }),
  );
}

const switchStop = command({
  path: ['kill-switch', 'stop'],
  summary: 'Stop what Plinth does by itself: sweeps, drift policies and repeated attempts',
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; shown to everyone' }, ...SWITCH_OPTIONS },
  examples: ['kill-switch stop --reason "the provider has an outage"', 'kill-switch stop --hold --reason "checking a restored database"'],
  run: async (context, _args, { reason, account, hold, 'idempotency-key': key }) => {
    if (reason === undefined) throw usage('plinth kill-switch stop: --reason is missing. Say why in a few words.');
    return await change(context, { reason, ...(hold ? { destructive_hold: true } : { stopped: true }) }, account, key);
  },
});

const switchStart = command({
  path: ['kill-switch', 'start'],
  summary: 'Let Plinth act by itself again, or lift the hold on destructive work',
  options: SWITCH_OPTIONS,
  examples: ['kill-switch start', 'kill-switch start --hold'],
  run: (context, _args, { account, hold, 'idempotency-key': key }) =>
    change(context, hold ? { destructive_hold: false } : { stopped: false }, account, key),
});

const policySet = command({
  path: ['drift-policy', 'set'],
  summary: 'Set what is done about drift without asking: of an account, a plan, a kind of difference',
  details:
    'none waits for a person, accept takes over what the provider has, repair restores it; inherit takes a rule of --plan or --field away. The most specific wins: plan and field, then plan, then field, then the account. A drift with differences under different policies, and a server that is gone, always wait for a person.',
  positionals: [
    { name: 'account', help: 'its id or name' },
    { name: 'policy', help: [...DRIFT_POLICIES, INHERIT].join(', ') },
  ],
  options: {
    plan: { type: 'string', value: 'PLAN', help: 'only VPSes of this plan' },
    field: { type: 'string', value: 'FIELD', multiple: true, choices: DRIFT_FIELDS, help: 'only this kind of difference' },
    ...MUTATION_OPTIONS,
  },
  examples: ['drift-policy set "Vultr main" repair', 'drift-policy set "Vultr main" accept --plan vc2-1c-1gb --field power --field label'],
  run: async (context, [account = '', policy = ''], { plan, field, 'idempotency-key': idempotencyKey }) => {
    if (plan === undefined && field.length === 0) {
      if (policy === INHERIT) throw usage('plinth drift-policy set: inherit takes a rule away. Name it with --plan, --field or both.');
      return await change(context, { drift_policy: policy }, account, idempotencyKey);
    }
    const api = await context.api();
    const account_id = await accountId(api, account);
    const body = { account_id, ...(plan === undefined ? {} : { plan }), fields: field, policy: policy === INHERIT ? null : policy };
    return await showPolicies(context, await api.change<PolicyList>('PUT', '/api/admin/drift-policies', { body, idempotencyKey }));
  },
});

type PolicyList = z.infer<typeof DriftPolicyList>;

const policyList = command({
  path: ['drift-policy', 'list'],
  summary: 'List the rules for drift of single plans and kinds of difference',
  options: { account: { type: 'string', value: 'ACCOUNT', help: 'only this account, by id or name' } },
  examples: ['drift-policy list', 'drift-policy list --account "Vultr main"'],
  run: async (context, _args, { account }) => {
    const api = await context.api();
    const query = { account_id: account === undefined ? undefined : await accountId(api, account) };
    return await showPolicies(context, await api.get<PolicyList>('/api/admin/drift-policies', query));
  },
});

async function showPolicies(context: Context, answer: PolicyList): Promise<number> {
  const names = new Map((await accounts(await context.api())).providers.map(({ id, name }) => [id as string, name]));
  const row = ({ account_id, plan, field, policy, changed_by, changed_at }: DriftPolicyEntry) => [
    plain(names.get(account_id) ?? account_id),
    plain(plan ?? 'every plan'),
    field ?? 'every kind',
    policy,
    plain(changed_by),
    ago(changed_at),
  ];
  show(context, answer, (colour) => table(['ACCOUNT', 'PLAN', 'DIFFERENCE', 'POLICY', 'BY', 'SINCE'], answer.rules.map(row), colour));
  if (!context.json && answer.rules.length === 0)
    remark(context, 'There are no rules: each account’s own policy holds. See: plinth kill-switch show');
  return EXIT.ok;
}

export const killSwitchCommands: readonly Command[] = [switchesShow, switchStop, switchStart, policySet, policyList];
