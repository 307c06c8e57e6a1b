import type { BulkPreview } from '../../kit/api/client.ts';
import { money, plural } from '../../kit/lib/format.ts';
import { Facts } from '../../kit/ui/card.tsx';

/** What the dry run found: who would be done, who is refused and why, and the price. */
export function BulkDryRun({ dry }: { dry: BulkPreview }) {
  const facts: (readonly [string, React.ReactNode])[] = [
    ['Match', plural(dry.matched, 'VPS', 'VPSes')],
    ['Would be done', dry.busy === 0 ? String(dry.ready) : `${dry.ready}, of which ${dry.busy} are busy and waited for`],
    ...dry.refused_by.map(
      ({ code, reason, count }) => [`${count} refused`, <RefusedNames key={code} dry={dry} code={code} reason={reason} />] as const,
    ),
    ...dry.price.map(
      ({ currency, before, after, difference }) =>
        [
          'Price a month',
          <>
            {money(before, currency)} → {money(after, currency)} (<strong>{difference}</strong>)
          </>,
        ] as const,
    ),
    ...(dry.price_unknown > 0 ? [['Price not known', plural(dry.price_unknown, 'VPS', 'VPSes')] as const] : []),
  ];
  return (
    <section aria-label="Dry run" aria-live="polite" className="rounded-md border border-line bg-canvas p-3">
      <Facts items={facts} />
    </section>
  );
}

const SHOWN = 5;

function RefusedNames({ dry, code, reason }: { dry: BulkPreview; code: string; reason: string }) {
  const labels = dry.refusals.filter((each) => each.code === code).map(({ label }) => label);
  return (
    <>
      {reason}{' '}
      <span className="text-ink-2">
        {labels.slice(0, SHOWN).join(', ')}
        {labels.length > SHOWN && ' …'}
      </span>
    </>
  );
}
