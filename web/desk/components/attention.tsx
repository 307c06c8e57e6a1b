import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from '../../kit/api/client.ts';
import { killSwitchesQuery, deadLettersQuery, driftQuery, inventoryQuery } from '../../kit/api/queries.ts';
import { money, plural } from '../../kit/lib/format.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { kindName, sentenceCase } from '../../kit/lib/words.ts';
import { Card } from '../../kit/ui/card.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Time } from '../../kit/ui/time.tsx';

const TROUBLE = [
  ['error', 'in error'],
  ['leaked', 'gone, but the provider still has something of them'],
] as const;

/** What waits for a person: errors, failures, alerts, drift, and servers that cost money for nobody. Absent when nothing does. */
export function Attention({ overview: { by_status: states, failed } }: { overview: Overview }) {
  const may = useMay();
  const switches = useQuery({ ...killSwitchesQuery, enabled: may('kill-switch:read') }).data;
  const drifts = useQuery({ ...driftQuery(), enabled: may('drift:read') }).data?.filter(({ state }) => state === 'confirmed');
  const inventory = useQuery({ ...inventoryQuery, enabled: may('inventory:read') }).data;
  const letters = useQuery({ ...deadLettersQuery(false), enabled: may('queue:read') }).data?.letters.length ?? 0;
  const orphans = inventory?.items.filter(({ kind }) => kind === 'orphan') ?? [];
  const troubled = TROUBLE.flatMap(([status, words]) => {
    const count = states.find((each) => each.status === status)?.count ?? 0;
    return count > 0 ? [{ status, count, words }] : [];
  });
  const nothing =
    troubled.length === 0 &&
    failed.count === 0 &&
    !switches?.stopped &&
    !switches?.destructive_hold &&
    !switches?.alerts.length &&
    !drifts?.length &&
    orphans.length === 0 &&
    letters === 0;
  if (nothing) return null;
  const cost = inventory?.orphan_cost.map((each) => money(each.monthly, each.currency)).join(' and ');
  const link = 'underline underline-offset-2';
  return (
    <Card title="Waits for you" className="border-warn/60">
      <ul className="flex flex-col gap-2">
        <Failures troubled={troubled} failed={failed} />
        {switches?.stopped && (
          <Item>
            What Plinth does by itself is stopped: {switches.stopped.reason}.{' '}
            <Link to="/settings" className={link}>
              Switches
            </Link>
          </Item>
        )}
        {switches?.destructive_hold && (
          <Item>
            Destructive work is held: {switches.destructive_hold.reason}.{' '}
            <Link to="/settings" className={link}>
              Switches
            </Link>
          </Item>
        )}
        {letters > 0 && (
          <Item>
            {plural(letters, 'job stands', 'jobs stand')} still.{' '}
            <Link to="/jobs" className={link}>
              What to do
            </Link>
          </Item>
        )}
        {drifts && drifts.length > 0 && (
          <Item>
            {plural(drifts.length, 'server is', 'servers are')} not as recorded.{' '}
            <Link to="/drift" className={link}>
              Decide
            </Link>
          </Item>
        )}
        {orphans.length > 0 && (
          <Item>
            {plural(orphans.length, 'orphan')} at the providers{cost && `, ${cost} per month`}.{' '}
            <Link to="/drift" className={link}>
              See them
            </Link>
          </Item>
        )}
        {switches?.alerts.map((alert) => (
          <Item key={alert.id}>
            {sentenceCase(alert.kind)}: {alert.message} {alert.remedy}{' '}
            <span className="text-ink-2">
              <Time at={alert.raised_at} />
            </span>
          </Item>
        ))}
      </ul>
    </Card>
  );
}

const LINK = 'underline underline-offset-2';

interface FailuresProps {
  troubled: readonly { readonly status: string; readonly count: number; readonly words: string }[];
  failed: Overview['failed'];
}

/** VPSes in trouble, and changes that failed and that nothing has mended. */
function Failures({ troubled, failed }: FailuresProps) {
  return (
    <>
      {troubled.map(({ status, count, words }) => (
        <Item key={status}>
          {plural(count, 'VPS is', 'VPSes are')} {words}.{' '}
          <Link to="/vps" search={{ status }} className={LINK}>
            See which
          </Link>
        </Item>
      ))}
      {failed.newest.map((each) => (
        <Item key={each.operation_id}>
          {kindName(each.kind)} of {each.vps_label} failed <Time at={each.at} />, and nothing has mended it.{' '}
          <Link to="/operations/$id" params={{ id: each.operation_id }} className={LINK}>
            Why
          </Link>
        </Item>
      ))}
      {failed.count > failed.newest.length && (
        <Item>
          The last change of {plural(failed.count - failed.newest.length, 'more VPS', 'more VPSes')} failed.{' '}
          <Link to="/operations" search={{ status: 'failed' }} className={LINK}>
            All failed operations
          </Link>
        </Item>
      )}
    </>
  );
}

function Item({ children }: { children: ReactNode }) {
  return (
    <li className="flex items-start gap-2">
      <Icon name="alert" className="mt-0.5 text-warn" />
      <span className="min-w-0 break-words">{children}</span>
    </li>
  );
}
