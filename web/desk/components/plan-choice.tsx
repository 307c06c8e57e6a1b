import { type Plan, planProblem, priceIn } from '../../kit/api/catalog.ts';
import { cn } from '../../kit/lib/cn.ts';
import { memory, money } from '../../kit/lib/format.ts';

/** The plans of an account with specs and price in the chosen region, cheapest first; those that cannot be had say why. */
export function PlanChoice({
  plans,
  region,
  value,
  onChange,
}: {
  plans: readonly Plan[];
  region: string;
  value: string;
  onChange: (id: string) => void;
}) {
  const sorted = plans.toSorted((a, b) => Number(priceIn(a, region)) - Number(priceIn(b, region)) || a.memoryMb - b.memoryMb);
  return (
    <fieldset>
      <legend className="font-medium">Plan</legend>
      <div className="mt-1 grid max-h-96 grid-cols-1 gap-2 overflow-y-auto p-0.5 sm:grid-cols-2 2xl:grid-cols-3">
        {sorted.map((plan) => (
          <PlanCard key={plan.id} plan={plan} region={region} checked={plan.id === value} onChange={onChange} />
        ))}
      </div>
    </fieldset>
  );
}

function PlanCard({ plan, region, checked, onChange }: { plan: Plan; region: string; checked: boolean; onChange: (id: string) => void }) {
  const problem = planProblem(plan, region);
  return (
    <label
      className={cn(
        'flex cursor-pointer items-start gap-2.5 rounded-md border p-3 has-focus-visible:outline-2 has-focus-visible:outline-accent',
        checked ? 'border-accent bg-accent-soft' : 'border-line hover:border-line-strong',
        problem && 'cursor-not-allowed',
      )}
    >
      <input
        type="radio"
        name="plan"
        value={plan.id}
        checked={checked}
        disabled={problem !== null}
        onChange={() => onChange(plan.id)}
        className="mt-1 accent-accent"
      />
      <span className="min-w-0 flex-1">
        <span className="flex justify-between gap-2">
          <span className="font-medium">
            {plan.vcpus} vCPU, {memory(plan.memoryMb)}
          </span>
          <span className="font-medium whitespace-nowrap">{money(priceIn(plan, region), plan.currency)}/mo</span>
        </span>
        <span className="block text-ink-2">
          {plan.diskGb} GB disk
          {plan.transferGb !== null && `, ${plan.transferGb >= 1000 ? `${plan.transferGb / 1000} TB` : `${plan.transferGb} GB`} transfer`}
        </span>
        <span className="block truncate font-mono text-xs text-ink-2">{plan.id}</span>
        {problem && <span className="block text-xs text-warn">{problem}</span>}
      </span>
    </label>
  );
}
