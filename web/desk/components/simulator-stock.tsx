import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type Account } from '../../kit/api/client.ts';
import type { Plan } from '../../kit/api/catalog.ts';
import { catalogQuery } from '../../kit/api/queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { May } from '../../kit/parts/may.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { SelectField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';

/** Plans that are sold out in a region, and back. */
export function SimulatorStock({ accounts }: { accounts: readonly Account[] }) {
  const [chosen, choose] = useState('');
  const account = accounts.find(({ id }) => id === chosen) ?? accounts[0];
  const plans = useQuery(catalogQuery<Plan>('plans', account?.id ?? '')).data?.items ?? [];
  const [planId, setPlan] = useState('');
  const plan = plans.find(({ id }) => id === planId) ?? plans[0];
  const [regionId, setRegion] = useState('');
  // What is sold out is offered nowhere, so its places come from all plans.
  const regions = [...new Set(plans.flatMap((each) => each.regions))].toSorted();
  const region = regions.includes(regionId) ? regionId : (plan?.regions[0] ?? regions[0] ?? '');
  const set = useAction(
    (available: boolean) => api.setSimulatorStock({ body: { provider: account?.type ?? '', plan: plan?.id ?? '', region, available } }),
    {
      quiet: true,
      done: () => toast('Done.', { detail: 'Catalogues learn of it when they are read again: Refresh on the account’s page.' }),
    },
  );
  if (!account) return <p className="text-ink-2">No account at the simulator sells servers.</p>;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    set.mutate(false);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        <SelectField
          label="Account"
          value={account.id}
          options={accounts.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => choose(event.target.value)}
        />
        <SelectField
          label="Plan"
          value={plan?.id ?? ''}
          options={plans.map(({ id }) => ({ value: id, label: id }))}
          onChange={(event) => setPlan(event.target.value)}
        />
        <SelectField
          label="Region"
          value={region}
          options={regions.map((each) => ({ value: each, label: each }))}
          onChange={(event) => setRegion(event.target.value)}
        />
      </div>
      {set.error ? <ProblemNote error={set.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <May call="setSimulatorStock">
          <Button type="submit" busy={set.isPending}>
            Sold out
          </Button>
          <Button busy={set.isPending} onClick={() => set.mutate(true)}>
            Back in stock
          </Button>
        </May>
      </div>
    </form>
  );
}
