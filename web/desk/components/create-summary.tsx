import type { ReactNode } from 'react';
import type { Plan } from '../../kit/api/catalog.ts';
import { backupsIn, priceIn } from '../../kit/api/catalog.ts';
import { money } from '../../kit/lib/format.ts';
import { keyLines, plannedResources } from '../lib/planned.ts';
import { dnsNameOf, missing, type VpsForm } from '../lib/vps-form.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { SimulatedBadge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Icon } from '../../kit/ui/icon.tsx';

interface SummaryProps {
  form: VpsForm;
  plan: Plan | undefined;
  simulated: boolean;
  mayNot: string | null;
  busy: boolean;
  error: unknown;
  /** The same for a script, once there is something to write down. */
  code: ReactNode;
}

/** Everything that will be made and what it costs, before the button. */
export function CreateSummary({ form, plan, simulated, mayNot, busy, error, code }: SummaryProps) {
  const resources = plannedResources({
    label: form.label,
    keys: keyLines(form.keys).length + form.keyIds.length,
    firewall: form.firewall,
    dnsName: dnsNameOf(form),
    ipv6: true,
    reverse: form.reverse,
    backups: form.backups,
  });
  const backups = plan && form.backups ? backupsIn(plan, form.region) : undefined;
  const price = plan && priceIn(plan, form.region, form.backups);
  return (
    <Card title="What will be made" className="lg:sticky lg:top-18" actions={simulated && <SimulatedBadge />}>
      <ul className="flex flex-col gap-2">
        {resources.map((resource) => (
          <li key={resource.kind} className="flex items-start gap-2">
            <Icon name="plus" className="mt-0.5 text-good" />
            <span className="min-w-0">
              <span className="font-medium">{resource.kind}</span>
              <span className="block break-words text-ink-2">{resource.detail}</span>
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-4 flex flex-wrap items-baseline justify-between gap-x-2 border-t border-line pt-3">
        <span className="text-ink-2">The provider charges</span>
        <span aria-live="polite">
          {plan && price !== undefined ? (
            <>
              <span className="text-lg font-semibold">{money(price, plan.currency)}</span> per month
            </>
          ) : (
            <span className="text-ink-2">choose a plan</span>
          )}
        </span>
      </p>
      {plan && form.backups && (
        <p className="text-right text-xs text-ink-2">
          {backups === undefined ? 'Backups cost extra at the provider.' : `${money(backups, plan.currency)} of it for backups.`}
        </p>
      )}
      {simulated && plan && <p className="text-right text-xs text-ink-2">Simulated: nothing is bought.</p>}
      {error ? (
        <div className="mt-3">
          <ProblemNote error={error} />
        </div>
      ) : null}
      <Button type="submit" variant="primary" className="mt-4 w-full" busy={busy} disabledReason={mayNot ?? missing(form)}>
        Create the VPS
      </Button>
      {code}
    </Card>
  );
}
