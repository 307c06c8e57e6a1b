import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { automationQuery, deadLettersQuery, driftQuery, inventoryQuery } from '../api/queries.ts';
import { operatorProblem } from '../lib/abilities.ts';
import { money, plural } from '../lib/format.ts';
import { useSession } from '../lib/use-session.ts';
import { sentenceCase } from '../lib/words.ts';
import { Card } from './ui/card.tsx';
import { Icon } from './ui/icon.tsx';
import { Time } from './ui/time.tsx';

/** What waits for a person: alerts, drift, and servers that cost money for nobody. Absent when nothing does. */
export function Attention() {
  const session = useSession();
  const enabled = session !== undefined && operatorProblem(session) === null;
  const automation = useQuery({ ...automationQuery, enabled }).data;
  const drifts = useQuery({ ...driftQuery(), enabled }).data?.filter(({ state }) => state === 'confirmed');
  const inventory = useQuery({ ...inventoryQuery, enabled }).data;
  const letters = useQuery({ ...deadLettersQuery(false), enabled }).data?.letters.length ?? 0;
  const orphans = inventory?.items.filter(({ kind }) => kind === 'orphan') ?? [];
  const nothing =
    !automation?.stopped &&
    !automation?.destructive_hold &&
    !automation?.alerts.length &&
    !drifts?.length &&
    orphans.length === 0 &&
    letters === 0;
  if (nothing) return null;
  const cost = inventory?.orphan_cost.map((each) => money(each.monthly, each.currency)).join(' and ');
  const link = 'underline underline-offset-2';
  return (
    <Card title="Waits for you" className="border-warn/60">
      <ul className="flex flex-col gap-2">
        {automation?.stopped && (
          <Item>
            Automation is stopped: {automation.stopped.reason}.{' '}
            <Link to="/settings" className={link}>
              Switches
            </Link>
          </Item>
        )}
        {automation?.destructive_hold && (
          <Item>
            Destructive work is held: {automation.destructive_hold.reason}.{' '}
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
        {automation?.alerts.map((alert) => (
          <Item key={alert.id}>
            {sentenceCase(alert.kind)}: {alert.message}{' '}
            <span className="text-ink-2">
              <Time at={alert.raised_at} />
            </span>
          </Item>
        ))}
      </ul>
    </Card>
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
