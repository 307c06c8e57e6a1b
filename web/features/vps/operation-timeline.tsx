/** An operation as it happens: its steps with what they wait for, how long they took, and every line that was said. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Operation } from '../../kit/api/client.ts';
import type { Connection } from '../../kit/api/event-stream.ts';
import { isUnfinished, overviewQuery } from '../../kit/api/queries.ts';
import { useOperationEvents } from '../../kit/api/use-operation-events.ts';
import { cn } from '../../kit/lib/cn.ts';
import { useReach } from '../../kit/lib/connection.ts';
import { clockTime, duration } from '../../kit/lib/format.ts';
import { type Attempt, foldEvents, type Note, type PropertyChange, type Step } from './steps.ts';
import { resourceTypeName, sentenceCase, stepVerb } from '../../kit/lib/words.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Spinner } from '../../kit/ui/spinner.tsx';
import { Elapsed, Time } from '../../kit/ui/time.tsx';

export function OperationTimeline({ operation }: { operation: Operation }) {
  const { events, connection, error } = useOperationEvents(operation.id);
  const attempts = useMemo(() => foldEvents(events), [events]);
  return (
    <div className="flex flex-col gap-4" data-last-event={events.at(-1)?.seq ?? 0}>
      <Progress operation={operation} connection={connection} />
      {error && <ProblemNote error={error} />}
      {operation.fault && <Fault operation={operation} />}
      {attempts.map((attempt, index) => (
        <AttemptSteps
          key={attempt.number}
          attempt={attempt}
          many={attempts.length > 1}
          state={index < attempts.length - 1 ? 'over' : operation.status}
        />
      ))}
      <Log operation={operation} attempts={attempts} />
    </div>
  );
}

function Progress({ operation, connection }: { operation: Operation; connection: Connection }) {
  const usual = useQuery({ ...overviewQuery, refetchInterval: false, staleTime: 60_000 }).data?.durations.find(
    ({ kind }) => kind === operation.kind,
  );
  const offline = useReach() === 'offline';
  const words: Record<Connection, string> = {
    connecting: 'connecting…',
    live: 'live',
    quiet: 'no word for some seconds…',
    reconnecting: 'connection lost; coming back…',
    polling: 'asking every 2 s (no live stream here)',
    ended: 'complete',
  };
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
      {operation.status === 'queued' && <span>Waits for a worker.</span>}
      {operation.status === 'waiting_for_person' && <span>Waits for a person, who does what the provider has no API for.</span>}
      {operation.started_at && (
        <span>
          {isUnfinished(operation.status) ? 'Running for ' : 'Took '}
          <Elapsed from={operation.started_at} to={operation.finished_at} />
        </span>
      )}
      {usual && usual.count > 2 && <span>usually {duration(usual.median_ms)}</span>}
      {operation.attempt > 1 && (
        <span>
          attempt {operation.attempt} of {operation.max_attempts}
        </span>
      )}
      {operation.next_attempt_at && isUnfinished(operation.status) && (
        <span>
          next try <Time at={operation.next_attempt_at} />
        </span>
      )}
      <span role="status" className={cn('ml-auto text-xs', !['connecting', 'live', 'ended'].includes(connection) && 'text-warn')}>
        Events: {offline && connection !== 'ended' ? 'no connection' : words[connection]}
      </span>
    </p>
  );
}

function Fault({ operation }: { operation: Operation }) {
  const fault = operation.fault!;
  return (
    <div role="alert" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
      <p className="font-medium text-bad">{sentenceCase(fault.kind)}</p>
      <p className="break-words whitespace-pre-wrap">{fault.message}</p>
      <p className="mt-1 text-ink-2">
        {fault.retryable
          ? 'This can pass by itself; running it again finds and adopts what is there already.'
          : 'Running it again will fail the same way until the cause is removed.'}
      </p>
    </div>
  );
}

/** What stands where no step is; `state` is the operation's, or `over` of an attempt that another followed. */
function NoStep({ attempt, state }: { attempt: Attempt; state: string }) {
  if (isUnfinished(state))
    return (
      <li className="flex items-start gap-2.5 py-1.5 text-ink-2">
        <span className="mt-0.5 text-busy">
          <Spinner />
        </span>
        {attempt.notes.at(-1)?.text ?? 'Comparing what there is with what there should be …'}
      </li>
    );
  return (
    <li className="py-1.5 text-ink-2">
      {state === 'succeeded' ? 'No resource of the stack needed a change.' : 'It ended before it touched a resource of the stack.'}
    </li>
  );
}

function AttemptSteps({ attempt, many, state }: { attempt: Attempt; many: boolean; state: string }) {
  return (
    <section aria-label={`Steps of attempt ${attempt.number}`}>
      {many && <h3 className="mb-1 text-xs font-medium text-ink-2">Attempt {attempt.number}</h3>}
      <ol className="flex flex-col">
        {attempt.steps.map((step, index) => (
          <StepRow key={`${step.key}-${index}`} step={step} />
        ))}
        {attempt.steps.length === 0 && <NoStep attempt={attempt} state={state} />}
      </ol>
    </section>
  );
}

const MARKS = { done: 'check', failed: 'cross' } as const;
const MARK_TONES = { done: 'text-good', failed: 'text-bad', running: 'text-busy' } as const;

function StepRow({ step }: { step: Step }) {
  const latest = step.notes.at(-1);
  const verb = step.planned && step.state === 'done' ? `Would ${step.op}` : stepVerb(step.op, step.state === 'done');
  return (
    <li className="flex items-start gap-2.5 border-l-2 border-line py-1.5 pl-3">
      <span className={cn('mt-0.5', MARK_TONES[step.state])}>
        {step.state === 'running' ? <Spinner /> : <Icon name={MARKS[step.state]} />}
      </span>
      <div className="min-w-0 flex-1">
        <p>
          {verb} <span className="font-medium">{resourceTypeName(step.resourceType)}</span>{' '}
          <code className="font-mono text-xs text-ink-2">{step.name}</code>
          {step.state === 'failed' && <span className="text-bad"> – did not finish</span>}
        </p>
        {latest && step.state !== 'done' && <p className="break-words text-ink-2">{latest.text}</p>}
        {step.changed.length > 0 && <Changes changes={step.changed} />}
      </div>
      <span className="shrink-0 text-xs text-ink-2">
        <Elapsed from={step.startedAt} to={step.endedAt} />
      </span>
    </li>
  );
}

/** What differs, property by property. */
export function Changes({ changes }: { changes: readonly PropertyChange[] }) {
  return (
    <ul className="mt-1 font-mono text-xs">
      {changes.map((change) => (
        <li key={change.path} className="break-all">
          <span className="text-ink-2">{change.path}: </span>
          {change.before !== undefined && <del className="text-bad decoration-1">{JSON.stringify(change.before)}</del>}
          {change.before !== undefined && change.after !== undefined && ' → '}
          {change.after !== undefined && <ins className="text-good no-underline">{JSON.stringify(change.after)}</ins>}
          {change.replaces && <strong className="text-bad"> replaces</strong>}
        </li>
      ))}
    </ul>
  );
}

const SEVERITY = { info: 'text-ink', warning: 'text-warn', error: 'text-bad' } as const;

function Log({ operation, attempts }: { operation: Operation; attempts: readonly Attempt[] }) {
  const notes = attempts.flatMap((attempt) => [...attempt.notes, ...attempt.steps.flatMap((step) => step.notes)]);
  if (notes.length === 0) return null;
  const lines: Note[] = notes.sort((a, b) => a.seq - b.seq);
  return (
    <details open={operation.status === 'failed' || undefined}>
      <summary className="text-ink-2">
        Log, {lines.length} {lines.length === 1 ? 'line' : 'lines'}
      </summary>
      <ol
        tabIndex={0}
        aria-label="Log"
        className="mt-2 max-h-72 overflow-y-auto rounded-md border border-line bg-canvas p-3 font-mono text-xs leading-relaxed"
      >
        {lines.map((line) => (
          <li key={line.seq} className="flex gap-3">
            <time dateTime={line.at} className="shrink-0 text-ink-2">
              {clockTime(new Date(line.at))}
            </time>
            <span className={cn('min-w-0 break-words whitespace-pre-wrap', SEVERITY[line.severity])}>{line.text}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
