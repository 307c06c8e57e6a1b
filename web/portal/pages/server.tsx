/** One server of a customer: how it is, how to get in, what it costs, and its end with the proof. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keptActing } from '../../kit/api/acting.ts';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { vpsOperationsQuery, vpsQuery } from '../../kit/api/queries.ts';
import { dayOf } from '../../kit/lib/format.ts';
import { powerOf, statusTone } from '../../kit/lib/words.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Menu, MenuItem } from '../../kit/ui/menu.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { useId } from '../link.tsx';
import { BuildSteps } from '../parts/build-steps.tsx';
import { Connect } from '../parts/connect.tsx';
import { OpenPart, ServerParts, usePart } from '../panels/parts.tsx';
import { has } from '../panels/why.ts';
import { Banner, Page } from '../parts/page.tsx';
import { PlanCard } from '../parts/plan-card.tsx';
import { PlannedWork } from '../parts/planned-work.tsx';
import { ProofCard } from '../parts/proof-card.tsx';
import { ReinstallDialog } from '../parts/reinstall-dialog.tsx';
import { RenameServer } from '../parts/rename-server.tsx';
import { isUnpaid, Unpaid } from '../parts/unpaid.tsx';
import { subscriptionsQuery } from '../queries.ts';
import { serverWords } from '../words/server.ts';
import { shellWords } from '../words/shell.ts';

export function ServerPage() {
  const [t, s] = [serverWords.use(), shellWords.use()];
  const id = useId();
  const vps = useQuery(vpsQuery(id));
  return vps.data ? (
    <Server vps={vps.data} />
  ) : (
    <Page title={s('servers')} above={['/portal', s('servers')]}>
      {vps.error ? <ProblemNote error={vps.error} retry={() => void vps.refetch()} /> : <Loading what={t('theServer')} />}
    </Page>
  );
}

function Server({ vps }: { vps: VpsDetail }) {
  const [t, s] = [serverWords.use(), shellWords.use()];
  const subscription = useQuery(subscriptionsQuery).data?.find((each) => each.vps_id === vps.id);
  const last = useQuery(vpsOperationsQuery(vps.id)).data?.[0];
  const power = powerOf(vps);
  const isOver = vps.status === 'terminated';
  const part = usePart(vps);
  const shown = vps.under_way !== null || vps.status === 'provisioning' || last?.status === 'failed';
  return (
    <Page
      title={vps.label}
      above={['/portal', s('servers')]}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={statusTone(vps)}>{s('status', { status: vps.status })}</Badge>
          {power && !isOver && <Badge tone={power.tone}>{s('power', { power: vps.power_state ?? 'none' })}</Badge>}
          {vps.ipv4 && !isOver && <span className="font-mono text-sm break-all">{vps.ipv4}</span>}
        </span>
      }
      actions={!isOver && <Actions vps={vps} />}
    >
      {subscription && isUnpaid(subscription) && <Unpaid subscription={subscription} label={vps.label} />}
      {vps.suspension && !(subscription && isUnpaid(subscription)) && (
        <Banner tone="warn">{t('suspended', { reason: vps.suspension.reason })}</Banner>
      )}
      {vps.maintenance !== null && <Banner tone="warn">{t('maintenance', { text: vps.maintenance })}</Banner>}
      <PlannedWork vpsId={vps.id} />
      {shown && last && !isOver && <BuildSteps operation={last} />}
      {isOver && <ProofCard vps={vps} />}
      {!isOver && vps.has_server && <ServerParts vps={vps} open={part} />}
      {part === 'overview' ? (
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          {!isOver && <Connect vps={vps} />}
          <div className="flex flex-col gap-5">
            {subscription && <PlanCard subscription={subscription} vps={vps} />}
            <About vps={vps} product={subscription?.product_name} />
          </div>
        </div>
      ) : (
        <OpenPart vps={vps} part={part} />
      )}
    </Page>
  );
}

/** Who acts as a customer has no console, and a new tab would not act. */
const mayHaveConsole = (vps: VpsDetail): boolean => has(vps, 'console') && vps.has_server && keptActing() === null;

/** The power at one tap; what is rarer in a menu. What cannot be done now says why. */
function Actions({ vps }: { vps: VpsDetail }) {
  const t = serverWords.use();
  const [dialog, open] = useState<'rename' | 'reinstall' | null>(null);
  const may = useMay();
  const act = useAction((action: 'start' | 'stop' | 'reboot') => api.actOnVps({ id: vps.id, body: { action } }));
  const why = (action: keyof VpsDetail['capabilities']): string | null => {
    const { allowed, reason } = vps.capabilities[action];
    return allowed ? null : (reason ?? t('cannotNow'));
  };
  const next = vps.power_state === 'stopped' ? 'start' : 'stop';
  return (
    <>
      <Button className="min-h-10" busy={act.isPending} disabledReason={why(next)} onClick={() => act.mutate(next)}>
        {t(next)}
      </Button>
      {may('vps:console') && mayHaveConsole(vps) && (
        <a href={`/console/${vps.id}`} target="_blank" rel="noopener" className={buttonClass('secondary', 'min-h-10')}>
          {t('console')}
          <Icon name="external" />
        </a>
      )}
      <Menu
        trigger={
          <Button className="min-h-10" icon="chevron">
            {t('more')}
          </Button>
        }
      >
        <MenuItem disabledReason={why('reboot')} onSelect={() => act.mutate('reboot')}>
          {t('reboot')}
        </MenuItem>
        <MenuItem disabledReason={why('rename')} onSelect={() => open('rename')}>
          {t('rename')}
        </MenuItem>
        <MenuItem danger disabledReason={why('reinstall')} onSelect={() => open('reinstall')}>
          {t('reinstall')}
        </MenuItem>
      </Menu>
      {dialog === 'rename' && <RenameServer vps={vps} onClose={() => open(null)} />}
      {dialog === 'reinstall' && <ReinstallDialog vps={vps} onClose={() => open(null)} />}
    </>
  );
}

function About({ vps, product }: { vps: VpsDetail; product: string | undefined }) {
  const t = serverWords.use();
  return (
    <Card title={t('about')}>
      <Facts
        items={[
          ...(product === undefined ? [] : [[t('product'), product] as const]),
          [t('place'), vps.names.region],
          [t('system'), vps.names.image],
          [t('name'), vps.dns_name ?? vps.hostname],
          [t('since'), dayOf(new Date(vps.created_at))],
        ]}
      />
    </Card>
  );
}
