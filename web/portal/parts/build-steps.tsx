/** Work on a server as it happens: the engine's own steps in people's words, and how long it usually takes. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { foldEvents, type Step } from '../../features/vps/steps.ts';
import type { Operation } from '../../kit/api/client.ts';
import { isUnfinished, overviewQuery } from '../../kit/api/queries.ts';
import { useOperationEvents } from '../../kit/api/use-operation-events.ts';
import { duration } from '../../kit/lib/format.ts';
import { Icon } from '../../kit/ui/icon.tsx';
import { Spinner } from '../../kit/ui/spinner.tsx';
import { Elapsed, useNow } from '../../kit/ui/time.tsx';
import { serverWords } from '../words/server.ts';

const STEP_WORDS: readonly (readonly [pattern: RegExp, word: 'stepPassword' | 'stepDns' | 'stepKey' | 'stepFirewall'])[] = [
  [/password/i, 'stepPassword'],
  [/record/i, 'stepDns'],
  [/ssh-?key/i, 'stepKey'],
  [/firewall/i, 'stepFirewall'],
];
/** What frames the others is no step to a customer. */
const FRAMES = /^pulumi:|^plinth:index[:/](?!manual)/i;

export function BuildSteps({ operation }: { operation: Operation }) {
  const t = serverWords.use();
  const { events } = useOperationEvents(operation.id);
  const steps = useMemo(
    () =>
      foldEvents(events)
        .at(-1)
        ?.steps.filter(({ resourceType }) => !FRAMES.test(resourceType)) ?? [],
    [events],
  );
  const usual = useQuery({ ...overviewQuery, refetchInterval: false, staleTime: 60_000 }).data?.durations.find(
    ({ kind, count }) => kind === operation.kind && count > 0,
  );
  const isRunning = isUnfinished(operation.status);
  if (!isRunning && operation.status !== 'failed') return null;
  return (
    <section aria-label={t('stepsOf')} className="rounded-lg border border-busy/40 bg-surface p-4 sm:p-5">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="flex items-center gap-2 text-base font-semibold">
          {isRunning && (
            <span className="text-busy">
              <Spinner />
            </span>
          )}
          {t('underWay', { kind: operation.kind })}
        </h2>
        <p className="text-sm text-ink-2">
          {operation.status === 'queued' && t('waits')}
          {operation.status === 'waiting_for_person' && t('byHand')}
          {operation.started_at && <Elapsed from={operation.started_at} to={operation.finished_at} />}
          {usual && isRunning && ` · ${t('usually', { time: duration(usual.median_ms) })}`}
        </p>
      </header>
      {isRunning && operation.started_at && usual && <Bar from={operation.started_at} usualMs={usual.median_ms} />}
      {operation.fault && operation.status === 'failed' && (
        <p role="alert" className="mt-3 text-bad">
          {t('buildFailed', { why: operation.fault.message })} {t('retried')}
        </p>
      )}
      <ol className="mt-3 flex flex-col">
        {steps.map((step, index) => (
          <StepLine key={`${step.key}-${index}`} step={step} />
        ))}
      </ol>
    </section>
  );
}

/** By the time that the like took before; it never says done before it is. */
function Bar({ from, usualMs }: { from: string; usualMs: number }) {
  const t = serverWords.use();
  const share = Math.min(0.95, (useNow(500).getTime() - Date.parse(from)) / Math.max(usualMs, 1_000));
  return <meter aria-label={t('stepsOf')} className="plain-meter mt-3 h-1.5 w-full" min={0} max={1} value={Math.max(0.02, share)} />;
}

function StepLine({ step }: { step: Step }) {
  const t = serverWords.use();
  const word = STEP_WORDS.find(([pattern]) => pattern.test(step.resourceType))?.[1] ?? 'stepServer';
  const note = step.notes.at(-1);
  return (
    <li className="flex items-start gap-3 py-1.5">
      <span className={`mt-0.5 ${step.state === 'done' ? 'text-good' : step.state === 'failed' ? 'text-bad' : 'text-busy'}`}>
        {step.state === 'running' ? <Spinner /> : <Icon name={step.state === 'done' ? 'check' : 'cross'} />}
      </span>
      <span className="min-w-0 flex-1">
        {t(word)}
        {note && step.state === 'running' && <span className="block text-sm break-words text-ink-2">{note.text}</span>}
      </span>
      <span className="shrink-0 text-sm text-ink-2">
        <Elapsed from={step.startedAt} to={step.endedAt} />
      </span>
    </li>
  );
}
