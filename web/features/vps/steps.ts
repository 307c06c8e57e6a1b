/** Folds an operation's events into what a person follows: attempts, each with its steps and what was said about them. */
import type { OperationEvent } from '../../kit/api/client.ts';

export interface PropertyChange {
  readonly path: string;
  readonly kind: 'add' | 'delete' | 'update';
  readonly replaces: boolean;
  readonly before?: unknown;
  readonly after?: unknown;
}
export interface Step {
  readonly key: string;
  readonly op: string;
  readonly name: string;
  readonly resourceType: string;
  readonly planned: boolean;
  state: 'running' | 'done' | 'failed';
  readonly startedAt: string;
  endedAt: string | null;
  /** The newest last. */
  readonly notes: Note[];
  changed: readonly PropertyChange[];
}
export interface Note {
  readonly seq: number;
  readonly at: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
}
export interface Attempt {
  readonly number: number;
  readonly startedAt: string;
  readonly steps: Step[];
  /** Said about no step in particular. */
  readonly notes: Note[];
}

type Data = Record<string, unknown>;
const textOf = (data: Data, name: string): string => (typeof data[name] === 'string' ? data[name] : '');

export function foldEvents(events: readonly OperationEvent[]): Attempt[] {
  const attempts: Attempt[] = [];
  for (const event of events) {
    const data = (typeof event.data === 'object' && event.data !== null && !Array.isArray(event.data) ? event.data : {}) as Data;
    if (event.type === 'attempt-started') {
      closeOpenSteps(attempts.at(-1), event.at);
      attempts.push({ number: Number(data['attempt'] ?? attempts.length + 1), startedAt: event.at, steps: [], notes: [] });
      continue;
    }
    const attempt = attempts.at(-1);
    if (!attempt) continue;
    if (event.type.startsWith('step-')) step(attempt, event, data);
    else if (event.type === 'progress' || event.type === 'diagnostic') note(attempt, event, data);
    else if (['succeeded', 'failed', 'cancelled', 'stalled'].includes(event.type)) closeOpenSteps(attempt, event.at);
  }
  return attempts;
}

function step(attempt: Attempt, event: OperationEvent, data: Data): void {
  const key = `${textOf(data, 'op')} ${textOf(data, 'urn')}`;
  const known = attempt.steps.findLast((each) => each.key === key && each.state === 'running');
  const found = known ?? begin(attempt, key, event, data);
  if (event.type === 'step-finished') found.state = 'done';
  if (event.type === 'step-failed') found.state = 'failed';
  if (event.type !== 'step-started') {
    found.endedAt = event.at;
    found.changed = Array.isArray(data['changed']) ? (data['changed'] as PropertyChange[]) : [];
  }
}

function begin(attempt: Attempt, key: string, event: OperationEvent, data: Data): Step {
  const made: Step = {
    key,
    op: textOf(data, 'op'),
    name: textOf(data, 'name'),
    resourceType: textOf(data, 'resourceType'),
    planned: data['planned'] === true,
    state: 'running',
    startedAt: event.at,
    endedAt: null,
    notes: [],
    changed: [],
  };
  attempt.steps.push(made);
  return made;
}

function note(attempt: Attempt, event: OperationEvent, data: Data): void {
  const severity = data['severity'] === 'error' || data['severity'] === 'warning' ? data['severity'] : 'info';
  const said: Note = { seq: event.seq, at: event.at, severity, text: textOf(data, 'message') };
  const urn = textOf(data, 'urn');
  const about = urn === '' ? undefined : attempt.steps.findLast((each) => each.key.endsWith(` ${urn}`));
  (about ?? attempt).notes.push(said);
}

/** What never reported its end (the worker died, the engine was stopped) did not succeed. */
function closeOpenSteps(attempt: Attempt | undefined, at: string): void {
  for (const each of attempt?.steps ?? []) {
    if (each.state !== 'running') continue;
    each.state = 'failed';
    each.endedAt = at;
  }
}
