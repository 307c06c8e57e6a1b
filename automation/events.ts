/** Translates the engine's event stream into Plinth's, without secrets and without the engine's inner bookkeeping. */
import type { EngineEvent as RawEngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation/index.js';
import type { Redactor } from './redact.ts';
import type { EngineEvent, PropertyChange, StepOp } from './types.ts';

/** How the engine marks a secret in property maps; the value itself is already blinded. */
const SECRET_SIGNATURE_KEY = '4dabf18193072939515e22adb298388d';
const SECRET = '[secret]';
const MAX_STRING = 2_000;

const STEP_OPS: Readonly<Record<string, StepOp>> = {
  same: 'same',
  create: 'create',
  update: 'update',
  delete: 'delete',
  replace: 'replace',
  'create-replacement': 'create-replacement',
  'delete-replaced': 'delete-replaced',
  read: 'read',
  'read-replacement': 'read',
  refresh: 'refresh',
  discard: 'discard',
  'discard-replaced': 'discard',
  import: 'import',
  'import-replacement': 'import',
};

/** The last part of a URN: the resource's logical name. */
export function urnName(urn: string): string {
  return urn.slice(urn.lastIndexOf('::') + 2);
}

/** Without colour marks and stack traces: frames tell a person nothing and show the machine's paths. */
function plainMessage(text: string): string {
  return text
    .replaceAll(/<\{%[^%]*%\}>/g, '')
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n')
    .trim();
}

/** Replaces the engine's secret objects by a word, at any depth. */
export function blindSecrets(value: unknown): unknown {
  if (typeof value === 'string' && value.length > MAX_STRING) return `${value.slice(0, MAX_STRING)}… (${value.length} characters)`;
  if (Array.isArray(value)) return value.map(blindSecrets);
  if (value !== null && typeof value === 'object') {
    if (SECRET_SIGNATURE_KEY in value) return SECRET;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, blindSecrets(inner)]));
  }
  return value;
}

/** Splits an engine property path: `tags[0]`, `a.b`, `map["x.y"]`. */
export function pathSegments(path: string): string[] {
  const segments: string[] = [];
  for (const match of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    segments.push(match[1]?.replaceAll('\\"', '"') ?? match[2] ?? match[3] ?? '');
  }
  return segments;
}

function lookUp(properties: unknown, path: string): unknown {
  let value: unknown = properties;
  for (const segment of pathSegments(path)) {
    if (value === null || typeof value !== 'object') return undefined;
    // Everything below a secret is secret.
    if (SECRET_SIGNATURE_KEY in value) return SECRET;
    value = (value as Record<string, unknown>)[segment];
  }
  return blindSecrets(value);
}

/** The properties a step changes, with their values before and after where they are known. */
export function propertyChanges(metadata: StepEventMetadata): PropertyChange[] {
  const { old, new: next } = metadata;
  return Object.entries(metadata.detailedDiff ?? {}).map(([path, diff]) => {
    const kind = diff.diffKind.replace('-replace', '') as PropertyChange['kind'];
    const before = lookUp(diff.inputDiff ? old?.inputs : old?.outputs, path) ?? lookUp(old?.inputs, path);
    const after =
      metadata.op === 'refresh'
        ? (lookUp(next?.outputs, path) ?? lookUp(next?.inputs, path))
        : (lookUp(next?.inputs, path) ?? lookUp(next?.outputs, path));
    return {
      path,
      kind,
      replaces: diff.diffKind.endsWith('-replace'),
      ...(before === undefined || kind === 'add' ? {} : { before }),
      ...(after === undefined || kind === 'delete' ? {} : { after }),
    };
  });
}

/** Resources of the engine itself and mere groupings: a person waits for neither. */
function isBookkeeping(metadata: StepEventMetadata): boolean {
  if (metadata.type === 'pulumi:pulumi:Stack' || metadata.type.startsWith('pulumi:providers:')) return true;
  const state = metadata.new ?? metadata.old;
  return state?.custom !== true;
}

export interface TranslatedStep {
  readonly op: StepOp;
  readonly urn: string;
  readonly resourceType: string;
  readonly name: string;
  readonly changed: readonly PropertyChange[];
}

/** Follows one operation's events; feed it every raw event in order. */
export class EventTranslator {
  readonly #emit: (event: EngineEvent) => void;
  readonly #redact: Redactor;
  readonly #startedAt = Date.now();
  readonly #inFlight = new Set<string>();
  /** Finished steps that changed something, in order. */
  readonly steps: TranslatedStep[] = [];
  changes: Partial<Record<StepOp, number>> = {};
  readonly errors: { message: string; urn: string | null }[] = [];
  readonly failedSteps: { op: StepOp; urn: string }[] = [];

  constructor(redact: Redactor, emit: (event: EngineEvent) => void) {
    this.#redact = redact;
    this.#emit = (event) => emit(redact.deep(event));
  }

  /** True while a resource operation runs at a provider. */
  get stepInFlight(): boolean {
    return this.#inFlight.size > 0;
  }

  handle(raw: RawEngineEvent): void {
    const at = new Date().toISOString();
    if (raw.preludeEvent) this.#emit({ type: 'started', at });
    if (raw.resourcePreEvent) this.#started(at, raw.resourcePreEvent.metadata, raw.resourcePreEvent.planning === true);
    if (raw.resOutputsEvent) this.#finished(at, raw.resOutputsEvent.metadata, raw.resOutputsEvent.planning === true);
    if (raw.resOpFailedEvent) this.#failed(at, raw.resOpFailedEvent.metadata);
    if (raw.diagnosticEvent) this.#diagnostic(at, raw.diagnosticEvent);
    if (raw.summaryEvent) {
      this.changes = {};
      for (const [name, count] of Object.entries(raw.summaryEvent.resourceChanges ?? {})) {
        const op = STEP_OPS[name];
        if (op !== undefined && count) this.changes[op] = (this.changes[op] ?? 0) + count;
      }
      this.#emit({ type: 'finished', at, changes: this.changes, durationMs: Date.now() - this.#startedAt });
    }
  }

  #started(at: string, metadata: StepEventMetadata, planned: boolean): void {
    const op = STEP_OPS[metadata.op];
    if (op === undefined || op === 'same' || isBookkeeping(metadata)) return;
    this.#inFlight.add(metadata.urn);
    this.#emit({
      type: 'step-started',
      at,
      op,
      urn: metadata.urn,
      resourceType: metadata.type,
      name: urnName(metadata.urn),
      planned,
    });
  }

  #finished(at: string, metadata: StepEventMetadata, planned: boolean): void {
    this.#inFlight.delete(metadata.urn);
    const op = STEP_OPS[metadata.op];
    if (op === undefined || op === 'same' || isBookkeeping(metadata)) return;
    const step = {
      op,
      urn: metadata.urn,
      resourceType: metadata.type,
      name: urnName(metadata.urn),
      changed: this.#redact.deep(propertyChanges(metadata)),
    };
    // A refresh that found nothing new is not a change.
    if (op !== 'refresh' || step.changed.length > 0) this.steps.push(step);
    this.#emit({ type: 'step-finished', at, planned, ...step });
  }

  #failed(at: string, metadata: StepEventMetadata): void {
    this.#inFlight.delete(metadata.urn);
    const op = STEP_OPS[metadata.op];
    if (op === undefined || isBookkeeping(metadata)) return;
    this.failedSteps.push({ op, urn: metadata.urn });
    this.#emit({ type: 'step-failed', at, op, urn: metadata.urn, resourceType: metadata.type, name: urnName(metadata.urn) });
  }

  #diagnostic(at: string, event: NonNullable<RawEngineEvent['diagnosticEvent']>): void {
    const urn = event.urn === undefined || event.urn === '' ? null : event.urn;
    const message = plainMessage(event.message);
    if (message === '') return;
    if (event.ephemeral === true) {
      // A provider's transient line ("waiting for the server to boot").
      this.#emit({ type: 'progress', at, urn, message });
      return;
    }
    const severity = event.severity === 'info#err' ? 'info' : event.severity;
    if (severity !== 'info' && severity !== 'warning' && severity !== 'error') return;
    if (severity === 'error') this.errors.push({ message: this.#redact.text(message), urn });
    this.#emit({ type: 'diagnostic', at, severity, urn, message });
  }
}
