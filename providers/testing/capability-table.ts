/** What each provider can do, as the README shows it. */
import { endingOf } from '../manners.ts';
import type { Capabilities, Provider } from '../provider.ts';

const WORDS: Readonly<Record<keyof Capabilities, string>> = {
  resizeUp: 'larger plan',
  resizeDown: 'smaller disk',
  rebuild: 'reinstall in place',
  resetPassword: 'new password',
  rename: 'rename',
  snapshots: 'snapshots',
  serverFromSnapshot: 'server from a snapshot',
  backups: 'backups',
  rescue: 'rescue',
  firewall: 'firewall',
  reverseDns: 'reverse names',
  bandwidth: 'traffic',
  metrics: 'graphs',
  startupScript: 'start-up script',
  windows: 'Windows',
  ipv6: 'IPv6',
  balance: 'balance',
  consumption: 'consumption',
  console: 'console',
};
const ENDS = { now: 'at once', 'period-end': 'with its period', person: 'by a person' } as const;

/** Markdown: a column for each provider that has servers, a line for each capability. */
export function capabilityTable(providers: readonly Provider[]): string {
  const clouds = providers.filter(({ compute }) => compute);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = Object.entries(WORDS).map(([key, word]) =>
    line([word, ...clouds.map(({ descriptor }) => (descriptor.capabilities[key as keyof Capabilities].can ? 'yes' : ''))]),
  );
  return [
    line(['', ...clouds.map(({ descriptor }) => descriptor.name)]),
    line(['---', ...clouds.map(() => '---')]),
    ...rows,
    line(['mark in', ...clouds.map(({ descriptor }) => descriptor.mark?.carrier ?? 'tag')]),
    line(['a server ends', ...clouds.map(({ descriptor }) => ENDS[endingOf(descriptor).when])]),
  ].join('\n');
}
