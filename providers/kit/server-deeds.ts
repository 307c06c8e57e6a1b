/** Orders to a server: given unless their effect is there, followed to their end, looked for when an answer was lost. */
import { isProviderError } from '../errors.ts';
import type { Page } from '../provider.ts';
import { waitFor } from '../wait.ts';
import { part, type Ask } from './rest.ts';
import type { Call, Deed, Job, ServerSheet } from './server-sheet.ts';
import { windowOf } from './window.ts';

/** Times that a deed is given while its answers are lost. */
const ROUNDS = 5;
/** Longer than any vendor needs for anything but the copy of a large disk. */
const BUSY_MS = 60 * 60_000;
/** How long a server that looks free may refuse for being busy. */
const CONFLICT_MS = 10 * 60_000;

export class ServerDeeds<S> {
  readonly sheet: ServerSheet<S>;
  constructor(sheet: ServerSheet<S>) {
    this.sheet = sheet;
  }

  get({ client, signal }: Call, id: string): Promise<S | null> {
    return client.find(this.path(id), this.sheet.keys.one, this.sheet.shape, signal);
  }

  /** @throws ProviderError `not_found` */
  async must(call: Call, id: string): Promise<S> {
    const found = await this.get(call, id);
    if (!found) throw call.client.error('not_found', `${this.name(id)} no longer exists.`);
    return found;
  }

  list({ client, signal }: Call, ask: Pick<Ask, 'query' | 'headers'> = {}): Promise<S[]> {
    const { listing, path, keys, shape } = this.sheet;
    return client.all({ ...listing, ...ask, query: { ...listing?.query, ...ask.query }, path, signal }, keys.many, shape);
  }

  page({ client, signal }: Call, cursor: string | null): Promise<Page<S>> {
    return client.textPage({ ...this.sheet.listing, path: this.sheet.path, signal }, this.sheet.keys.many, this.sheet.shape, cursor);
  }

  path(id: string): string {
    return `${this.sheet.path}/${part(id)}`;
  }

  /** Waits until it waits for orders. A 404 is no news within the consistency window; later it means removed. */
  async ready(call: Call, id: string): Promise<S> {
    const started = performance.now();
    return this.until(call, `${this.name(id)} to be ready`, BUSY_MS, async () => {
      const now = await this.get(call, id);
      if (!now) {
        if (performance.now() - started < call.client.consistencyMs) return undefined;
        throw call.client.error('not_found', `${this.name(id)} no longer exists.`);
      }
      const phase = this.sheet.phase(now);
      if (phase === 'broken')
        throw call.client.error('unexpected', `${this.name(id)} is of no use to ${call.client.dialect.name}. Look at it there.`);
      if (phase === 'going') throw call.client.error('not_found', `${this.name(id)} is being deleted.`);
      return phase === 'ready' ? now : undefined;
    });
  }

  /**
   * Gives an order unless its effect is there, and waits for its end; safe to call again after any crash.
   * @throws ProviderError `not_found` when the server is gone, the meaning of its job's error when that ended badly
   */
  async perform(call: Call, id: string, deed: Deed<S>): Promise<S> {
    const deadline = performance.now() + CONFLICT_MS;
    for (let round = 1; ; round++) {
      const before = await this.ready(call, id);
      if (deed.isDone?.(before)) return before;
      const known = await this.#known(call, id, deed);
      const jobs = await this.#give(call, id, deed, { known, round, isLate: performance.now() > deadline });
      if (jobs === 'again') continue;
      for (const job of jobs) await this.ended(call, job, `${deed.type} of ${this.name(id)}`);
      return this.#took(call, id, deed);
    }
  }

  /** Gives an order once and follows it to its end, for those who look themselves for what became of it. */
  async order(call: Call, id: string, deed: Deed<S>): Promise<void> {
    const known = this.sheet.jobs?.started ? undefined : await this.#known(call, id, deed);
    const answer = await this.#send(call, id, deed);
    for (const job of await this.#jobsOf(call, id, deed, answer, known)) await this.ended(call, job, `${deed.type} of ${this.name(id)}`);
  }

  async #send(call: Call, id: string, deed: Deed<S>): Promise<unknown> {
    const { client, signal } = call;
    const { method = 'POST', path = '', at = this.path(id) + path, repeatable } = deed;
    const body = typeof deed.body === 'function' ? await (deed.body as (call: Call) => Promise<unknown>)(call) : deed.body;
    return (await client.send({ method, path: at, body, signal, ...(repeatable ? { repeatable } : {}) })).body;
  }

  /** The jobs that were there before an order: its own is none of them, whatever clocks say. */
  async #known({ client, signal }: Call, id: string, { repeatable }: Deed<S>): Promise<ReadonlySet<string> | undefined> {
    const { jobs } = this.sheet;
    if (!jobs || repeatable) return undefined;
    return new Set((await jobs.latest(client, id, signal)).map((job) => job.id));
  }

  async #new({ client, signal }: Call, id: string, { type }: Deed<S>, known: ReadonlySet<string>): Promise<Job | undefined> {
    const all = await this.sheet.jobs!.latest(client, id, signal);
    return all.find((job) => job.type === type && !known.has(job.id));
  }

  async #jobsOf(call: Call, id: string, deed: Deed<S>, answer: unknown, known?: ReadonlySet<string>): Promise<readonly Job[]> {
    const { started } = this.sheet.jobs ?? {};
    if (started || known === undefined) return started?.(answer) ?? [];
    return this.until(call, `${deed.type} of ${this.name(id)} to begin`, CONFLICT_MS, async () => {
      const job = await this.#new(call, id, deed, known);
      if (job) return [job];
      const now = deed.isDone && (await this.get(call, id));
      return now && deed.isDone!(now) ? [] : undefined;
    });
  }

  async #give(
    call: Call,
    id: string,
    deed: Deed<S>,
    { known, round, isLate }: { known: ReadonlySet<string> | undefined; round: number; isLate: boolean },
  ): Promise<readonly Job[] | 'again'> {
    try {
      return await this.#jobsOf(call, id, deed, await this.#send(call, id, deed), known);
    } catch (error) {
      if (isLate) throw error;
      // Somebody was faster: wait for theirs, or see that it did what we wanted.
      if (isProviderError(error, 'conflict') && error.detail.providerCode !== 'taken') return (await this.#pause(call), 'again');
      if (isProviderError(error, 'unknown_outcome') && round < ROUNDS) return this.#lost(call, id, deed, known);
      if (isProviderError(error, 'invalid', 'not_found') && deed.isDone && round < ROUNDS && deed.isDone(await this.ready(call, id)))
        return 'again';
      throw error;
    }
  }

  /** What became of an order whose answer was lost: its job, its effect, or nothing. */
  async #lost(call: Call, id: string, deed: Deed<S>, known?: ReadonlySet<string>): Promise<readonly Job[] | 'again'> {
    const { jobs } = this.sheet;
    const found = await this.window(call, async () => {
      const job = known === undefined ? undefined : await this.#new(call, id, deed, known);
      if (job) return [job];
      const now = await this.get(call, id);
      return now && (deed.isDone?.(now) ?? (!jobs && this.#isAtWork(now))) ? [] : null;
    });
    return found ?? 'again';
  }

  #isAtWork(server: S | null): boolean {
    return server !== null && this.sheet.phase(server) !== 'ready';
  }

  /**
   * A call whose very answer is wanted, as a new password is: made again while the server is busy, and when the answer was lost.
   * Returns when the server waits for orders again.
   */
  async ask<T>(call: Call, id: string, act: (server: S) => Promise<T>): Promise<T> {
    for (let round = 1; ; round++) {
      try {
        const answer = await act(await this.ready(call, id));
        await this.#settled(call, id);
        return answer;
      } catch (error) {
        if (round >= ROUNDS || !isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
        if (isProviderError(error, 'conflict')) await this.#pause(call);
      }
    }
  }

  /** Without jobs to follow, a server that looks untouched may only not have begun. */
  async #settled(call: Call, id: string): Promise<S> {
    if (!this.sheet.jobs) await this.window(call, async () => this.#isAtWork(await this.get(call, id)) || null);
    return this.ready(call, id);
  }

  /** The effect may show a moment after its job has ended. */
  async #took(call: Call, id: string, deed: Deed<S>): Promise<S> {
    const { isDone, repeatable } = deed;
    if (!isDone) return repeatable ? this.ready(call, id) : this.#settled(call, id);
    return this.until(call, `${deed.type} of ${this.name(id)} to show`, BUSY_MS, async () => {
      const now = await this.ready(call, id);
      return isDone(now) ? now : undefined;
    });
  }

  async ended(call: Call, job: Job, what: string): Promise<void> {
    const { jobs } = this.sheet;
    let first: Job | undefined = job;
    const ended = await this.until(call, `the ${what}`, BUSY_MS, async () => {
      const now = first ?? (await jobs!.one(call.client, job.id, call.signal));
      first = undefined;
      return now.state === 'running' ? undefined : now;
    });
    if (ended.state === 'done') return;
    const { kind, remedy = `Try again, or look at it at ${call.client.dialect.name}.` } = call.client.meaning({
      code: ended.code,
      text: ended.why,
    });
    // A job's own "not found" is not the server's.
    const told = kind === 'not_found' || kind === 'provider_down' ? 'unexpected' : kind;
    throw call.client.error(
      told,
      `${call.client.dialect.name} reports that the ${what} failed: ${ended.why ?? 'no reason was given'}. ${remedy}`,
    );
  }

  /** Looks until something is there, or listings must know it: null = there is nothing. */
  window<T>(call: Call, look: () => Promise<T | null | undefined>, lastsMs?: number): Promise<T | null> {
    return windowOf(call, 'what may show late', look, lastsMs);
  }

  #pause(call: Call): Promise<true> {
    let looks = 0;
    return this.until(call, `${this.sheet.noun}s to take orders`, 60_000, async () => (looks++ > 2 ? true : undefined));
  }

  until<T>({ client, signal }: Call, what: string, deadlineMs: number, probe: () => Promise<T | undefined>): Promise<T> {
    const { provider } = client.dialect;
    // Waits for the same of different servers take alike.
    return waitFor({ provider, what, key: `${provider}/${what.replaceAll(/\S*\d\S*/g, '')}`, signal, deadlineMs, probe });
  }

  name(id: string): string {
    return `${this.sheet.noun} ${id}`;
  }
}
