/** Exit codes of `plinth`, and the error every command throws to end with one. */

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  forbidden: 3,
  notFound: 4,
  unreachable: 5,
  refused: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, for the help and the documentation. */
export const EXIT_MEANINGS: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'the operation failed, stalled or was cancelled; or doctor found a failure'],
  [EXIT.usage, 'the command line is wrong'],
  [EXIT.forbidden, 'not logged in, or the token may not do this'],
  [EXIT.notFound, 'there is no such thing'],
  [EXIT.unreachable, 'the service or a provider behind it does not answer'],
  [EXIT.refused, 'the service refused the request: a wrong field, or a conflict with what is there'],
  [EXIT.interrupted, 'Ctrl-C'],
];

export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** The problem document behind it, printed as it is by `--json`. */
  readonly problem: unknown;
  constructor(exitCode: ExitCode, message: string, problem?: unknown) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.problem = problem;
  }
}

export function usage(message: string): CliError {
  return new CliError(EXIT.usage, message);
}
