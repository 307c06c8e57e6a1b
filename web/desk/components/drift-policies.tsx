import { queryOptions, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { DRIFT_FIELDS } from '../../../contract/words.ts';
import type { Plan } from '../../kit/api/catalog.ts';
import {
  type Account,
  api,
  type KillSwitches,
  type DriftField,
  type DriftPolicyEntry,
  type DriftPolicyChange,
} from '../../kit/api/client.ts';
import { accountsQuery, catalogQuery } from '../../kit/api/queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { POLICIES, type Policy } from '../lib/drift-policy.ts';
import { May } from '../../kit/parts/may.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button, IconButton } from '../../kit/ui/button.tsx';
import { SelectField } from '../../kit/ui/field.tsx';

const rulesQuery = queryOptions({
  queryKey: ['drift-rules'],
  queryFn: async ({ signal }) => (await api.listDriftPolicies({ signal })).rules,
});
const EVERY = '';
const policyWords = (policy: Policy): string => POLICIES.find(([value]) => value === policy)![1];

/** Exceptions to the accounts' policies, by plan and by kind of difference; the most specific wins. */
export function DriftPolicies({ accounts }: { accounts: KillSwitches['accounts'] }) {
  const rules = useQuery(rulesQuery);
  const change = useAction((body: DriftPolicyChange) => api.setDriftPolicies({ body }));
  const { providers = [], available = [] } = useQuery(accountsQuery).data ?? {};
  // Where no servers are sold there are no plans.
  const selling = providers.filter(({ type }) => available.find((each) => each.type === type)?.roles.includes('compute'));
  if (accounts.length === 0) return null;
  const remove = ({ account_id, plan, field }: DriftPolicyEntry) =>
    change.mutate({ account_id, plan, fields: field === null ? [] : [field], policy: null });
  return (
    <section aria-label="Exceptions for drift" className="border-t border-line pt-3">
      <h3 className="font-medium">Except for</h3>
      {rules.error && <ProblemNote error={rules.error} retry={() => void rules.refetch()} />}
      {rules.data?.length === 0 && <p className="text-ink-2">No plan and no kind of difference.</p>}
      <ul className="divide-y divide-line">
        {rules.data?.map((rule) => {
          const account = accounts.find(({ account_id }) => account_id === rule.account_id)?.name ?? rule.account_id;
          const what = `${sentenceCase(rule.field ?? 'any difference')} of ${rule.plan ?? 'every plan'} at ${account}`;
          return (
            <li key={`${rule.account_id} ${rule.plan} ${rule.field}`} className="flex items-center gap-3 py-1">
              <span className="min-w-0 flex-1 break-words">
                {what}: <strong>{policyWords(rule.policy)}</strong>
              </span>
              <May call="setDriftPolicies">
                <IconButton icon="trash" label={`Remove the rule: ${what}`} onClick={() => remove(rule)} />
              </May>
            </li>
          );
        })}
      </ul>
      {selling.length > 0 && (
        <May call="setDriftPolicies">
          <NewRule accounts={selling} busy={change.isPending} onAdd={(body) => change.mutate(body)} />
        </May>
      )}
      <p className="mt-1 text-xs text-ink-2">A drift whose differences fall under different policies waits for a person.</p>
    </section>
  );
}

interface NewRuleProps {
  accounts: readonly Pick<Account, 'id' | 'name'>[];
  busy: boolean;
  onAdd: (rule: DriftPolicyChange) => void;
}

function NewRule({ accounts, busy, onAdd }: NewRuleProps) {
  const [account, setAccount] = useState<string>(accounts[0]!.id);
  const [plan, setPlan] = useState(EVERY);
  const [field, setField] = useState<DriftField | typeof EVERY>(EVERY);
  const [policy, setPolicy] = useState<Policy>('none');
  const plans = useQuery(catalogQuery<Plan>('plans', account)).data?.items ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd({ account_id: account, plan: plan === EVERY ? null : plan, fields: field === EVERY ? [] : [field], policy });
  };
  return (
    <form onSubmit={submit} className="mt-2 grid items-end gap-2 sm:grid-cols-2 lg:grid-cols-5">
      <SelectField
        label="Account"
        value={account}
        onChange={(event) => (setAccount(event.target.value), setPlan(EVERY))}
        options={accounts.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <SelectField
        label="Plan"
        value={plan}
        onChange={(event) => setPlan(event.target.value)}
        options={[{ value: EVERY, label: 'Every plan' }, ...plans.map(({ id }) => ({ value: id, label: id }))]}
      />
      <SelectField
        label="Difference"
        value={field}
        onChange={(event) => setField(event.target.value as DriftField)}
        options={[{ value: EVERY, label: 'Any' }, ...DRIFT_FIELDS.map((each) => ({ value: each, label: sentenceCase(each) }))]}
      />
      <SelectField
        label="What to do"
        value={policy}
        onChange={(event) => setPolicy(event.target.value as Policy)}
        options={POLICIES.map(([value, label]) => ({ value, label: sentenceCase(label) }))}
      />
      <Button
        type="submit"
        icon="plus"
        busy={busy}
        disabledReason={
          plan === EVERY && field === EVERY ? 'Choose a plan or a kind of difference: the account’s own policy covers the rest.' : null
        }
      >
        Add
      </Button>
    </form>
  );
}
