/** The provider's rescue system, step by step. */
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { momentOf } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Banner } from '../parts/page.tsx';
import { panelWords } from '../words/panels.ts';
import { useWhyNot } from './why.ts';

export function Rescue({ vps }: { vps: VpsDetail }) {
  const t = panelWords.use();
  const why = useWhyNot(vps);
  const act = useAction((action: 'rescue' | 'unrescue') => api.actOnVps({ id: vps.id, body: { action } }));
  const since = vps.rescue_since;
  const step = (action: 'rescue' | 'unrescue', name: string, isNext: boolean) => (
    <Button
      className="mt-2 min-h-10"
      variant={isNext ? 'primary' : 'secondary'}
      busy={act.isPending}
      disabledReason={why(action)}
      onClick={() => act.mutate(action)}
    >
      {name}
    </Button>
  );
  return (
    <Card title={t('rescue')}>
      <div className="flex flex-col gap-4">
        <p className="text-ink-2">{t('rescueLead')}</p>
        {since !== null && <Banner tone="warn">{t('rescueRuns', { time: momentOf(new Date(since)) })}</Banner>}
        <ol className="flex list-decimal flex-col gap-4 pl-5">
          <li>
            <p>{t('rescueOne')}</p>
            {step('rescue', t('rescueBoot'), since === null)}
          </li>
          <li>{t('rescueTwo')}</li>
          <li>
            <p>{t('rescueThree')}</p>
            {step('unrescue', t('rescueLeave'), since !== null)}
          </li>
        </ol>
      </div>
    </Card>
  );
}
