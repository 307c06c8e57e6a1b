/** What a provider's folder says of its servers, in words that the one life of a server (server.ts) understands. */
import type { z } from 'zod';
import type { ProviderErrorKind } from '../errors.ts';
import type { Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import type { Ask, Rest } from './rest.ts';

/**
 * All that must be known of a vendor's states: it is being built, waits for orders (on or off), is busy with one, is going
 * away, or will never be of use.
 */
export type Phase = 'making' | 'ready' | 'busy' | 'going' | 'broken';

export type Context = ResourceContext<Rest>;
/** What calls outside the engine have of a context. */
export type Call = Pick<Context, 'client' | 'signal'>;

/** A vendor's action, event or job. */
export interface Job {
  readonly id: string;
  readonly type: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly code?: string | undefined;
  readonly why?: string | undefined;
}

export interface Jobs {
  /** The jobs that an answer names, first the one that was asked for. Absent: answers name none, it is looked for. */
  readonly started?: (answer: unknown) => readonly Job[];
  readonly one: (rest: Rest, id: string, signal: AbortSignal) => Promise<Job>;
  /** Of a server, newest first, as far as the vendor keeps them. */
  readonly latest: (rest: Rest, id: string, signal: AbortSignal) => Promise<readonly Job[]>;
}

/** One order to a server, which may be given again after a look. */
export interface Deed<S> {
  /** What the vendor's jobs call it, and messages too. */
  readonly type: string;
  /** Below the server's path; with `at`, the whole path instead. */
  readonly path?: string;
  readonly at?: string;
  /** POST unless told. */
  readonly method?: Ask['method'];
  /** What is sent; a function where it must be looked up first. */
  readonly body?: unknown;
  /** Nothing is sent when the server is so already; the wait ends when it is. */
  readonly isDone?: (server: S) => boolean;
  /** Giving it twice does no more than once, so that an answer that was lost is no doubt. */
  readonly repeatable?: boolean;
}

/** A change in place: a look and what to do, in order. */
export interface Change<S> {
  /** @param old the inputs before; empty for a new server */
  readonly when: (server: S, inputs: Properties, old: Properties) => boolean;
  readonly deeds: (server: S, inputs: Properties, old: Properties) => readonly Deed<S>[];
  /** Only a server that is off takes it; what ran runs again after it, also when it was refused. */
  readonly off?: boolean;
  /** The order of a new server does not take it either. */
  readonly afterCreate?: boolean;
  /** Why the vendor will never do it, before anything is asked of it. */
  readonly refuse?: (server: S, inputs: Properties, call: Call) => Refused | null | Promise<Refused | null>;
}

export interface Refused {
  readonly kind: ProviderErrorKind;
  readonly message: string;
  readonly field: string;
}

export interface MarkWords<S> {
  /** How a listing is asked for the carriers of a mark; the answer is checked all the same. */
  readonly query: (mark: string) => Pick<Ask, 'query' | 'headers'>;
  /** Every mark and tag a server shows, hidden ones of our own too. */
  readonly of: (server: S) => readonly string[];
  /** What makes it show exactly these. */
  readonly deeds: (server: S, tags: readonly string[]) => readonly Deed<S>[];
  /** The program's tags in a resource's inputs or outputs. */
  readonly in: (properties: Properties) => readonly string[];
  /** Marks ignore case. */
  readonly ignoresCase?: boolean;
}

export interface PowerWords<S> {
  readonly isOn: (server: S) => boolean;
  readonly isOff: (server: S) => boolean;
  readonly on: Deed<S>;
  readonly off: Deed<S>;
  readonly reboot: Deed<S>;
}

/** `S` is one server as `shape` gives it. */
export interface ServerSheet<S> extends Pick<
  ResourceDefinition,
  'token' | 'inputs' | 'outputs' | 'stableOutputs' | 'stableWhile' | 'check' | 'replaceOn' | 'deleteBeforeReplace'
> {
  /** For sentences. */
  readonly noun: string;
  readonly path: string;
  /** Envelope keys: of one, of many; empty where the answer is the thing itself. */
  readonly keys: { readonly one: string; readonly many: string };
  readonly shape: z.ZodType<S>;
  readonly idOf: (server: S) => string;
  /** ms since the epoch. */
  readonly bornAt: (server: S) => number;
  /** The same from recorded outputs, which spares waiting for what is long known; undefined where they do not tell. */
  readonly recordedBirth?: (outputs: Properties) => number | undefined;
  readonly phase: (server: S) => Phase;
  /** Of one that is busy: whether it is with its own end. */
  readonly isGoing?: (call: Call, server: S) => Promise<boolean>;
  readonly mark: MarkWords<S>;
  readonly power: PowerWords<S>;
  readonly jobs?: Jobs;
  /** The order; `tags` has the mark. */
  readonly order: (
    inputs: Properties,
    tags: readonly string[],
    urn: string,
    call: Call,
  ) => Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Only the answer to the order tells these, as a password is: they are kept in the state from the first moment. */
  readonly secretsOf?: (answer: unknown) => Properties;
  /** False for a server that is made without being started. */
  readonly boots?: (inputs: Properties) => boolean;
  readonly changes: readonly Change<S>[];
  /** Inputs and outputs as the vendor tells them, with what it does not tell as it was known. */
  readonly present: (server: S, known: Properties, secrets: Properties) => { inputs: Properties; outputs: Properties };
  /** Outputs that further looks tell. */
  readonly more?: (call: Call, server: S) => Promise<Properties>;
  /** What comes before a deletion, with the outputs as recorded; patience in ms. */
  readonly lastDeeds?: (outputs: Properties) => readonly (Deed<S> & { readonly patienceMs: number })[];
  /** How the plain listing is asked for. */
  readonly listing?: Pick<Ask, 'query' | 'headers'>;
  readonly timeoutsMs?: ResourceDefinition['timeoutsMs'];
  /** Orders that may be given while answers are lost. One where what was bought cannot be looked for: a person decides then. */
  readonly orders?: number;
}
