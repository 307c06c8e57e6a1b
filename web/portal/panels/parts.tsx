/** The parts of a server's page. What is read at its provider is asked for only when its part is open. */
import type { VpsDetail } from '../../kit/api/client.ts';
import { useQueryText } from '../link.tsx';
import { PartsNav } from '../parts/parts-nav.tsx';
import { panelWords } from '../words/panels.ts';
import { Graphs } from './graphs.tsx';
import { Network } from './network.tsx';
import { Rescue } from './rescue.tsx';
import { Snapshots } from './snapshots.tsx';
import { has } from './why.ts';

const PARTS = ['overview', 'snapshots', 'graphs', 'network', 'rescue'] as const;
export type Part = (typeof PARTS)[number];

const offered: Readonly<Record<Part, (vps: VpsDetail) => boolean>> = {
  overview: () => true,
  snapshots: (vps) => has(vps, 'snapshots') || has(vps, 'backups'),
  graphs: (vps) => has(vps, 'bandwidth') || has(vps, 'metrics'),
  network: (vps) => vps.has_server,
  rescue: (vps) => has(vps, 'rescue'),
};

/** Of one that has ended there is the overview alone. */
export function usePart(vps: VpsDetail): Part {
  const asked = useQueryText('part');
  const part = PARTS.find((each) => each === asked) ?? 'overview';
  return vps.status !== 'terminated' && offered[part](vps) ? part : 'overview';
}

export function ServerParts({ vps, open }: { vps: VpsDetail; open: Part }) {
  const t = panelWords.use();
  const parts = PARTS.filter((part) => offered[part](vps));
  return <PartsNav label={t('parts')} parts={parts} open={open} nameOf={t} to={`/portal/servers/${vps.id}`} plain="overview" />;
}

export function OpenPart({ vps, part }: { vps: VpsDetail; part: Part }) {
  if (part === 'snapshots') return <Snapshots vps={vps} />;
  if (part === 'graphs') return <Graphs vps={vps} />;
  if (part === 'network') return <Network vps={vps} />;
  return part === 'rescue' ? <Rescue vps={vps} /> : null;
}
