import type { AuditEvent } from '../../kit/api/client.ts';
import { useWiderThan } from '../../kit/lib/use-media.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Time } from '../../kit/ui/time.tsx';

/** Events of the audit trail, newest first. */
export function AuditRows({ events }: { events: readonly AuditEvent[] }) {
  const wide = useWiderThan(1100);
  if (events.length === 0) return <p className="text-ink-2">Nothing has been recorded yet.</p>;
  // A table needs room for five columns; with less, each event is a few lines.
  return wide ? <AuditTable events={events} /> : <AuditList events={events} />;
}

function AuditTable({ events }: { events: readonly AuditEvent[] }) {
  return (
    <div tabIndex={0} role="region" aria-label="Audit trail" className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full">
        <thead className="border-b border-line text-left text-xs text-ink-2">
          <tr>
            <th className="px-4 py-2 font-medium">When</th>
            <th className="px-4 py-2 font-medium">Who</th>
            <th className="px-4 py-2 font-medium">Did</th>
            <th className="px-4 py-2 font-medium">To</th>
            <th className="px-4 py-2 font-medium">Details</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {events.map((event) => (
            <tr key={event.seq} className="align-top">
              <td className="px-4 py-2">
                <Time at={event.at} />
              </td>
              <td className="px-4 py-2 wrap-anywhere">{event.actor}</td>
              <td className="px-4 py-2">{sentenceCase(event.action)}</td>
              <td className="px-4 py-2 font-mono text-xs wrap-anywhere">{event.target}</td>
              <td className="px-4 py-2 wrap-anywhere text-ink-2">{details(event.data)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AuditList({ events }: { events: readonly AuditEvent[] }) {
  return (
    <ol aria-label="Audit trail" className="divide-y divide-line rounded-lg border border-line bg-surface">
      {events.map((event) => (
        <li key={event.seq} className="px-4 py-2.5">
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="font-medium">{sentenceCase(event.action)}</span>
            <span className="text-xs text-ink-2">
              <Time at={event.at} />
            </span>
          </p>
          <p>
            by {event.actor}, to <code className="font-mono text-xs">{event.target}</code>
          </p>
          <p className="text-ink-2">{details(event.data)}</p>
        </li>
      ))}
    </ol>
  );
}

/** `Reveal count: 1 · Again: no`; what is nested is left as data. */
function details(data: AuditEvent['data']): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return '';
  return Object.entries(data)
    .filter(([name, value]) => name !== 'requestId' && value !== null && value !== '')
    .map(([name, value]) => `${sentenceCase(name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())}: ${inWords(value)}`)
    .join(' · ');
}

function inWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
