/**
 * The one place that says what went wrong with an operation: its kind, the sentence a person needs,
 * and whether trying again without a person makes sense.
 */
import { PROVIDER_ERROR_KINDS } from '../providers/errors.ts';
import type { EngineFault, FaultKind } from './types.ts';

export interface FailureEvidence {
  readonly stack: string;
  /** Error diagnostics of the event stream, redacted, in order. */
  readonly errors: readonly { message: string; urn: string | null }[];
  /** What the CLI wrote, redacted. */
  readonly output: string;
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly startError?: string | undefined;
  readonly aborted: boolean;
  readonly programError?: string | undefined;
  readonly runnerDeath?: string | undefined;
}

const RETRYABLE: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'rate_limited',
  'provider_down',
  'unknown_outcome',
  'malformed',
  'timeout',
  'locked',
  'pending_operations',
  'engine_crashed',
  'state_unavailable',
  'initialization',
  'conflict',
]);

export function fault(kind: FaultKind, message: string, more: Partial<EngineFault> = {}): EngineFault {
  return { kind, message, retryable: RETRYABLE.has(kind), ...more };
}

/** `[<provider>/<kind>] sentence`, as providers/errors.ts writes it; engine wrapping may surround it. */
const PROVIDER_PREFIX = /\[([a-z0-9-]+)\/([a-z_]+)\] ([^\n]*)/;
const RETRY_AFTER = /retry(?:-| )after[: ]+(\d+(?:\.\d+)?) ?s/i;

function providerFault(message: string, urn: string | null): EngineFault | null {
  const match = PROVIDER_PREFIX.exec(message);
  if (!match) return null;
  const [, provider = '', kind = '', sentence = ''] = match;
  if (!(PROVIDER_ERROR_KINDS as readonly string[]).includes(kind)) return null;
  const seconds = RETRY_AFTER.exec(sentence)?.[1];
  return fault(kind as FaultKind, sentence.trim(), {
    provider,
    ...(urn === null ? {} : { urn }),
    ...(seconds === undefined ? {} : { retryAfterMs: Math.ceil(Number(seconds) * 1000) }),
  });
}

interface Rule {
  readonly pattern: RegExp;
  readonly kind: FaultKind;
  readonly sentence: (evidence: FailureEvidence, text: string) => string;
}

/** In order of precedence. Patterns are the CLI's own words (v3.259). */
const RULES: readonly Rule[] = [
  {
    pattern: /unable to (?:replace|delete) resource|cannot be deleted\s+because it is protected|marked for protection/,
    kind: 'replacement_refused',
    sentence: () =>
      'This change would replace or delete the server and its disk, so it was refused before it ran. Order a reinstall or a termination if that is meant.',
  },
  {
    pattern:
      /ended in the middle of creating|pending operations? from (?:a )?previous|has pending operations|resource\(s\) that .*interrupted/i,
    kind: 'pending_operations',
    sentence: ({ stack }) => `An earlier operation on ${stack} was cut off and must be recovered first.`,
  },
  {
    pattern: /currently locked by|\[409\]|Another update is currently in progress|conflict: .*update/i,
    kind: 'locked',
    sentence: ({ stack }) => `Another operation holds the stack ${stack}. It is tried again when that one ends.`,
  },
  {
    pattern:
      /failed to ping PostgreSQL|failed to connect to PostgreSQL|failed to (?:load|save) checkpoint|connect: connection refused.*:5\d{3}|too many clients|remaining connection slots|the database system is|could not (?:query endpoint|connect to)|performing HTTP request|\[503\] |The state service failed|The database cannot be reached|The database did not answer in time|no longer holds the stack/i,
    kind: 'state_unavailable',
    sentence: () => 'The state store could not be reached or refused the write. It is tried again.',
  },
  {
    // The engine waits ten seconds for a provider that it attaches to and greets; a machine with too much to do may take longer.
    pattern: /did not (?:begin responding to RPC connections|come alive)/i,
    kind: 'engine_crashed',
    sentence: () =>
      'The engine gave up before its provider had answered, for this machine is too busy. What was done by then is recorded; it is tried again.',
  },
  {
    pattern: /no stack named/i,
    kind: 'not_found',
    sentence: ({ stack }) => `There is no stack ${stack} in the state store.`,
  },
];

function firstLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = lines.find((candidate) => /^error:/i.test(candidate)) ?? lines[0] ?? '';
  return line.replace(/^error: */i, '').slice(0, 500);
}

/** The first line that says something, and the list that belongs to it: a spec's problems stand one to a line. */
function withList(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/^<ref \*\d+> /, ''))
    .filter((line) => line !== '' && !/^(?:error: *)?Running program .* failed/i.test(line));
  const list = lines.filter((line) => line.startsWith('- '));
  return [firstLine(lines.join('\n')), ...list].join('\n').slice(0, 2_000);
}

/** Errors that say only that there were errors. */
const HOLLOW =
  /^(?:update|preview|refresh|destroy) failed$|^One or more errors occurred|^\d+ errors? occurred|^resource (?:creation|update) failed$/i;

function byProgram(evidence: FailureEvidence): EngineFault | null {
  if (evidence.programError !== undefined) {
    return (
      providerFault(evidence.programError, null) ?? fault('program_error', `The stack program failed: ${withList(evidence.programError)}`)
    );
  }
  if (evidence.runnerDeath !== undefined) {
    // The program is the same for everyone, so a runner that died with nothing said was killed from outside.
    return fault('program_error', `The stack program's process ended early: ${evidence.runnerDeath}.`, { retryable: true });
  }
  const unhandled = evidence.errors.find(({ message }) => /Unhandled exception|program failed|Running program/i.test(message));
  if (!unhandled) return null;
  return fault('program_error', `The stack program failed: ${withList(unhandled.message)}`);
}

/** Decides the fault of a failed operation from everything that was seen of it. */
export function classify(evidence: FailureEvidence): EngineFault {
  if (evidence.startError !== undefined) {
    return fault('engine_missing', `The Pulumi engine could not be started: ${evidence.startError}. Run the toolchain check.`);
  }
  for (const { message, urn } of evidence.errors) {
    const found = providerFault(message, urn);
    // A cancelled call is the consequence of the cancel; another error beside it is the cause.
    if (found && found.kind !== 'cancelled') return found;
  }
  if (evidence.aborted) return fault('cancelled', 'The operation was cancelled; what had been made by then is recorded.');
  const everything = [...evidence.errors.map((error) => error.message), evidence.output].join('\n');
  for (const rule of RULES) {
    if (rule.pattern.test(everything)) return fault(rule.kind, rule.sentence(evidence, everything));
  }
  if (evidence.exitSignal !== null) {
    return fault(
      'engine_crashed',
      `The engine process was ended by ${evidence.exitSignal} before it finished. Recovery looks up what it made.`,
    );
  }
  const program = byProgram(evidence);
  if (program) return program;
  const initialization = evidence.errors.find(({ message }) =>
    /failed to (?:become|initialize)|initialization|not (?:become )?ready/i.test(message),
  );
  if (initialization)
    return fault('initialization', firstLine(initialization.message), initialization.urn === null ? {} : { urn: initialization.urn });
  const telling = evidence.errors.find(({ message }) => !HOLLOW.test(message.trim())) ?? evidence.errors[0];
  if (telling) return fault('unexpected', firstLine(telling.message), telling.urn === null ? {} : { urn: telling.urn });
  return fault('unexpected', firstLine(evidence.output) || `The engine ended with exit code ${evidence.exitCode} and said nothing.`);
}
