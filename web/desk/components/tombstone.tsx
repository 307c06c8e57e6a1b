/** A VPS that has ended, as one tombstone: when, by whom, the proof, and what is kept. Nothing here looks alive. */
import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import type { VpsDetail } from '../../kit/api/client.ts';
import { exactTime } from '../../kit/lib/format.ts';
import { keptSentence } from '../../kit/lib/snapshots.ts';
import { ProofLines } from '../../features/vps/proof.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Time } from '../../kit/ui/time.tsx';

export type Ended = VpsDetail & { readonly tombstone: NonNullable<VpsDetail['tombstone']> };

export const hasEnded = (vps: VpsDetail): vps is Ended => vps.tombstone !== null;

export function Tombstone({ vps }: { vps: Ended }) {
  const { at, by, operation_id: operation, kept } = vps.tombstone;
  const { evidence } = vps;
  const link = 'text-accent underline underline-offset-2';
  return (
    <Card title="It has ended" actions={<Verdict vps={vps} />}>
      <Facts
        items={[
          [
            'When',
            <time key="at" dateTime={at}>
              {exactTime(new Date(at))}
            </time>,
          ],
          ['Asked for by', by],
          [
            'How',
            operation && (
              <Link key="how" to="/operations/$id" params={{ id: operation }} className={link}>
                The operation that ended it
              </Link>
            ),
          ],
          [
            'Kept',
            kept.count > 0 ? (
              <Link key="kept" to="/vps/$id" params={{ id: vps.id }} search={{ tab: 'snapshots' }} className={link}>
                Kept as asked: {keptSentence(kept)}
              </Link>
            ) : (
              'Nothing is kept of it.'
            ),
          ],
        ]}
      />
      <div className="mt-4 border-t border-line pt-3">
        {evidence ? <ProofLines evidence={evidence} /> : <p className="text-ink-2">No proof of its end was recorded.</p>}
      </div>
    </Card>
  );
}

function Verdict({ vps: { evidence, tombstone } }: { vps: Ended }): ReactNode {
  if (!evidence?.clean) return <Badge tone="warn">Not proven</Badge>;
  if (evidence.checks.some(({ result }) => result === 'missing')) return <Badge tone="bad">What should be kept is not there</Badge>;
  return tombstone.kept.count > 0 ? <Badge tone="warn">Only what is kept is left</Badge> : <Badge tone="good">Nothing is left</Badge>;
}

/** What it was, to be found again by; none of it is there any more. */
export function WhatItWas({ vps }: { vps: VpsDetail }) {
  const mono = (text: string | null) => text && <code className="font-mono text-[0.8125rem] break-all">{text}</code>;
  return (
    <Card title="What it was">
      <Facts
        items={[
          ['Its address', mono([vps.ipv4, vps.ipv6].filter(Boolean).join(' ') || null)],
          ['Its name', mono(vps.dns_name ?? vps.hostname)],
          ['Customer', vps.organization_name],
          ['At', `${vps.names.provider}, ${vps.names.region}`],
          ['Plan', vps.names.plan],
          ['Image', vps.names.image],
          ['Server id', mono(vps.instance_id)],
          ['Reference', vps.external_reference],
          ['Tags', vps.tags.join(', ') || null],
          ['Notes', vps.notes],
          ['Created', <Time key="at" at={vps.created_at} />],
          ['Id', mono(vps.id)],
        ]}
      />
    </Card>
  );
}
