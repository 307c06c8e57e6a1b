/** One engine operation: the CLI process, its events, its program run and what came of it. */
import type { ProviderAttachment } from './attachment.ts';
import type { CpuSlot } from './gate.ts';
import { runCli, type CliResult } from './cli.ts';
import type { EventServers } from './event-servers.ts';
import { EventTranslator } from './events.ts';
import { classify, fault } from './faults.ts';
import { Redactor } from './redact.ts';
import type { RunnerLease, Runners } from './runners.ts';
import { VpsOutputs } from '../stacks/outputs.ts';
import type { EngineFault, EngineOperation, EngineRequest, EngineResult } from './types.ts';

/** No event for this long while a provider works: the operation waits for a cloud, not for our CPU. */
const QUIET_MS = 300;
/** The program's outputs leave the runner before the CLI ends; this only covers the channel's delay. */
const OUTPUTS_WAIT_MS = 5_000;
/** Resource operations of one stack at once; stacks are small. */
const PARALLEL = '8';

export interface OperationParts {
  readonly pulumi: string;
  readonly projectDir: string;
  /** What every CLI process gets; the backend adds its own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds from SIGINT to SIGKILL; asked when the cancel comes. */
  readonly cancelGraceMs: () => number;
  readonly runners: Runners;
  readonly events: EventServers;
  readonly acquireSlot: () => Promise<CpuSlot>;
  readonly openState: () => Promise<{ env: Readonly<Record<string, string>>; release(): Promise<void> }>;
  readonly attach: () => Promise<ProviderAttachment>;
}

const VERBS: Readonly<Record<EngineOperation, readonly string[]>> = {
  up: ['up', '--yes', '--skip-preview'],
  preview: ['preview'],
  refresh: ['refresh', '--yes', '--skip-preview'],
  'refresh-preview': ['refresh', '--preview-only'],
  destroy: ['destroy', '--yes', '--skip-preview'],
};

/** Verbs that know `--ignore-protect`. */
const MAY_REPLACE: ReadonlySet<EngineOperation> = new Set(['up', 'preview', 'destroy']);

function runsProgram(operation: EngineOperation): boolean {
  return operation === 'up' || operation === 'preview';
}

function cliArguments(request: EngineRequest, eventLog: string, clientPort: number | undefined): string[] {
  return [
    ...VERBS[request.operation],
    ...(request.refreshFirst && request.operation === 'up' ? ['--refresh'] : []),
    '--stack',
    request.stack,
    '--message',
    request.message,
    '--non-interactive',
    '--color',
    'never',
    '--suppress-outputs',
    '--suppress-progress',
    '--skip-plugin-pre-install',
    '--parallel',
    PARALLEL,
    '--event-log',
    eventLog,
    // Instances are protected in the state; only an ordered replacement or termination, or its preview, may pass that.
    ...(request.allowInstanceReplacement && MAY_REPLACE.has(request.operation) ? ['--ignore-protect'] : []),
    ...(clientPort === undefined ? ['--exec-kind', 'auto.local'] : [`--client=127.0.0.1:${clientPort}`, '--exec-kind', 'auto.inline']),
  ];
}

function refuseEarly(request: EngineRequest): EngineFault | null {
  if (request.signal?.aborted) return fault('cancelled', 'The operation was cancelled before it started; nothing was changed.');
  if (request.operation === 'destroy' && !request.allowInstanceReplacement) {
    return fault(
      'replacement_refused',
      'Destroying a stack deletes the server and its disk; it runs only as part of an explicit termination.',
    );
  }
  return null;
}

/** Gives the CPU place back as soon as only the cloud is working. */
function watchForQuiet(slot: CpuSlot, translator: EventTranslator): { touch(): void; stop(): void } {
  let last = Date.now();
  const timer = setInterval(() => {
    if (translator.stepInFlight && Date.now() - last >= QUIET_MS) slot.release();
  }, QUIET_MS / 2);
  return { touch: () => (last = Date.now()), stop: () => clearInterval(timer) };
}

async function readOutputs(lease: RunnerLease, redactor: Redactor): Promise<{ outputs?: VpsOutputs; fault?: EngineFault }> {
  const raw = await lease.outputs(OUTPUTS_WAIT_MS);
  const parsed = VpsOutputs.safeParse(raw);
  if (parsed.success) {
    redactor.add(parsed.data.rootPassword);
    return { outputs: parsed.data };
  }
  const missing = parsed.error.issues.map((issue) => issue.path.join('.') || 'all').join(', ');
  return {
    fault: fault('program_error', `The update ran, but the stack program did not return its outputs (${missing}). Run the update again.`, {
      retryable: true,
    }),
  };
}

interface Leases {
  readonly release: (() => Promise<void> | void)[];
}

/** Runs one operation to its end. Failures are in the result; only misuse throws. */
export async function runOperation(request: EngineRequest, parts: OperationParts): Promise<EngineResult> {
  const startedAt = Date.now();
  const redactor = new Redactor();
  redactor.add(request.rootPassword, ...(request.answers?.secret ?? []).map((name) => request.answers?.values[name]));
  for (const account of request.accounts) redactor.add(...Object.values(account.credential));
  const translator = new EventTranslator(redactor, request.onEvent);
  const finish = (rest: Pick<EngineResult, 'ok' | 'fault' | 'outputs'>): EngineResult => ({
    ...rest,
    changes: translator.changes,
    steps: translator.steps,
    durationMs: Date.now() - startedAt,
  });
  const refused = refuseEarly(request);
  if (refused) return finish({ ok: false, fault: refused });
  const leases: Leases = { release: [] };
  try {
    return finish(await perform(request, parts, translator, redactor, leases));
  } finally {
    for (const release of leases.release.toReversed()) await release();
  }
}

async function perform(
  request: EngineRequest,
  parts: OperationParts,
  translator: EventTranslator,
  redactor: Redactor,
  leases: Leases,
): Promise<Pick<EngineResult, 'ok' | 'fault' | 'outputs'>> {
  const slot = await parts.acquireSlot();
  leases.release.push(() => slot.release());
  const quiet = watchForQuiet(slot, translator);
  leases.release.push(() => quiet.stop());

  let state: Awaited<ReturnType<OperationParts['openState']>>;
  try {
    state = await parts.openState();
  } catch (error) {
    return { ok: false, fault: fault('state_unavailable', redactor.text(error instanceof Error ? error.message : String(error))) };
  }
  leases.release.push(() => state.release());
  const attachment = await parts.attach();
  leases.release.push(() => attachment.release());

  let lease: RunnerLease | undefined;
  let healthy = false;
  if (runsProgram(request.operation)) {
    try {
      lease = await parts.runners.lease({
        spec: request.spec,
        ...(request.rootPassword === undefined ? {} : { rootPassword: request.rootPassword }),
        ...(request.answers === undefined ? {} : { answers: request.answers }),
        replaceInstance: request.allowInstanceReplacement,
      });
    } catch (error) {
      return {
        ok: false,
        fault: fault('program_error', redactor.text(error instanceof Error ? error.message : String(error)), { retryable: true }),
      };
    }
    const held = lease;
    leases.release.push(() => held.release(healthy));
  }
  const port = await parts.events.lease((event) => {
    quiet.touch();
    translator.handle(event);
  });
  leases.release.push(() => port.release());

  const result = await runCli({
    binary: parts.pulumi,
    args: cliArguments(request, port.address, lease?.port),
    env: {
      ...parts.environment,
      ...state.env,
      ...(attachment.debugProviders === '' ? {} : { PULUMI_DEBUG_PROVIDERS: attachment.debugProviders }),
    },
    cwd: parts.projectDir,
    cancelGraceMs: parts.cancelGraceMs,
    ...(request.onProcess ? { onProcess: request.onProcess } : {}),
    ...(request.signal ? { signal: request.signal } : {}),
  });
  if (result.code !== 0) return { ok: false, fault: explain(request, result, translator, redactor, lease) };
  if (lease === undefined || request.operation === 'preview') {
    healthy = true;
    return { ok: true };
  }
  const read = await readOutputs(lease, redactor);
  healthy = read.fault === undefined;
  return read.fault ? { ok: false, fault: read.fault } : { ok: true, ...(read.outputs ? { outputs: read.outputs } : {}) };
}

function explain(
  request: EngineRequest,
  result: CliResult,
  translator: EventTranslator,
  redactor: Redactor,
  lease: RunnerLease | undefined,
): EngineFault {
  return classify({
    stack: request.stack,
    errors: translator.errors,
    output: redactor.text(`${result.stderr}\n${result.stdout}`),
    exitCode: result.code,
    exitSignal: result.signal,
    startError: result.startError,
    aborted: result.aborted,
    programError: lease?.programError() === undefined ? undefined : redactor.text(lease.programError() ?? ''),
    runnerDeath: lease?.death(),
  });
}
