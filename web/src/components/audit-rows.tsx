import type { AuditEvent } from '../api/client.ts';
import { sentenceCase } from '../lib/words.ts';
import { Time } from './ui/time.tsx';

/** Events of the audit trail, newest first. */
export function AuditRows({ events }: { events: readonly AuditEvent[] }) {
  if (events.length === 0) return <p className="text-ink-2">Nothing has been recorded yet.</p>;
  return (
    <div tabIndex={0} role="region" aria-label="Audit trail" className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full min-w-[42rem]">
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
              <td className="px-4 py-2">{event.actor}</td>
              <td className="px-4 py-2 whitespace-nowrap">{sentenceCase(event.action)}</td>
              <td className="px-4 py-2 font-mono text-xs break-all">{event.target}</td>
              <td className="px-4 py-2 text-ink-2">{details(event.data)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function details(data: AuditEvent['data']): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return '';
  return Object.entries(data)
    .filter(([name]) => name !== 'requestId')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
