/** The end of a server with the proof that nothing is left of it, to be kept. */
import type { VpsDetail } from '../../kit/api/client.ts';
import { dayOf, exactTime } from '../../kit/lib/format.ts';
import { saveFile } from '../../kit/lib/save-file.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { serverWords } from '../words/server.ts';

const TONES = { gone: 'good', found: 'bad', unread: 'warn', kept: 'quiet', missing: 'bad' } as const;

export function ProofCard({ vps }: { vps: VpsDetail }) {
  const t = serverWords.use();
  const { evidence, tombstone } = vps;
  return (
    <Card
      title={t('proof')}
      actions={<Badge tone={evidence?.clean ? 'good' : 'warn'}>{t(evidence?.clean ? 'nothingLeft' : 'notProven')}</Badge>}
    >
      <div className="flex flex-col gap-3">
        {tombstone && <p>{t('endedAt', { date: exactTime(new Date(tombstone.at)), who: tombstone.by ?? '–' })}</p>}
        {evidence && (
          <>
            <p className="text-ink-2">{t('proofLead', { date: exactTime(new Date(evidence.at)) })}</p>
            <ul className="flex flex-col gap-2" aria-label={t('proof')}>
              {evidence.checks.map((check) => (
                <li key={check.what} className="flex flex-wrap items-start gap-x-3 gap-y-1">
                  <Badge tone={TONES[check.result]}>{t('result', { result: check.result })}</Badge>
                  <span className="min-w-0 flex-1 break-words">
                    {check.what}: {check.detail}
                  </span>
                </li>
              ))}
            </ul>
            <Button icon="download" className="min-h-10 self-start" onClick={() => save(vps)}>
              {t('keepProof')}
            </Button>
          </>
        )}
      </div>
    </Card>
  );
}

/** As it came from the service, word for word, for whoever has to show it to somebody. */
function save({ id, label, created_at: made, evidence, tombstone }: VpsDetail): void {
  const text = JSON.stringify({ server: { id, label, created_at: made }, ended: tombstone, proof: evidence }, null, 2);
  saveFile(`${label}-${dayOf(new Date())}.json`, text, 'application/json');
}
