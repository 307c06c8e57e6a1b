/**
 * The one life of a server at any cloud: found by its mark or ordered once, waited for, read without forgetting, changed by
 * looking first, gone only when item and listing agree. Whatever crashed, raced or was not answered in between.
 */
import { isProviderError } from '../errors.ts';
import { identityOf, RESTART_TAG } from '../identity.ts';
import { InitializationError, type Created, type Properties, type ReadResult, type ResourceDefinition } from '../resource.ts';
import { inOrderOf } from './names.ts';
import { below, envelope, orGone, type Rest } from './rest.ts';
import { ServerDeeds } from './server-deeds.ts';
import type { Call, Change, Context, Deed, Job } from './server-sheet.ts';

const TIMEOUTS = { create: 30 * 60_000, update: 60 * 60_000, delete: 15 * 60_000 } as const;
/** Orders whose answers may be lost before we stop. */
const ORDERS = 2;

export class Servers<S> extends ServerDeeds<S> {
  /** Every living carrier of a mark, oldest first; the filter is the vendor's, the check ours. */
  async carriers(call: Call, mark: string): Promise<S[]> {
    const all = await this.#withMark(call, mark);
    const going = await Promise.all(all.map((each) => this.#isGoing(call, each)));
    return all.filter((_, index) => !going[index]);
  }

  async #isGoing(call: Call, server: S): Promise<boolean> {
    const phase = this.sheet.phase(server);
    if (phase !== 'busy') return phase === 'going';
    return (await this.sheet.isGoing?.(call, server)) === true;
  }

  async #withMark(call: Call, mark: string): Promise<S[]> {
    const { bornAt, idOf, mark: words } = this.sheet;
    const same = (tag: string): boolean => tag === mark || (words.ignoresCase === true && tag.toLowerCase() === mark.toLowerCase());
    const found = (await this.list(call, words.query(mark))).filter((each) => words.of(each).some(same));
    return found.sort((a, b) => bornAt(a) - bornAt(b) || idOf(a).localeCompare(idOf(b), 'en', { numeric: true }));
  }

  /** The mark that a resource's server carries, from its inputs or outputs. */
  markOf({ urn }: Pick<Context, 'urn'>, properties: Properties): string {
    return identityOf(urn, this.sheet.mark.in(properties)).tag;
  }

  async create(ctx: Context, inputs: Properties): Promise<Created> {
    const mark = this.markOf(ctx, inputs);
    const known = await this.#own(ctx, mark);
    if (known) ctx.log('info', `Adopted ${this.name(this.sheet.idOf(known))}: it already carries ${mark}.`);
    const bought = known ? null : await this.#order(ctx, inputs, mark);
    const made = known ?? bought!.server;
    const secrets = bought?.secrets ?? {};
    let last = made;
    try {
      for (const job of bought?.jobs.length ? bought.jobs : await this.#unfinished(ctx, made))
        await this.ended(ctx, job, `creation of ${this.name(this.sheet.idOf(made))}`);
      last = await this.#born(ctx, this.sheet.idOf(made), inputs);
      const kept = bought ? await this.#settleTwins(ctx, last, inputs, mark) : last;
      last = kept;
      for (const change of this.sheet.changes) if (change.afterCreate) last = await this.#apply(ctx, last, change, inputs, {});
      return {
        id: this.sheet.idOf(last),
        outputs: await this.#outputs(ctx, last, inputs, this.sheet.idOf(last) === this.sheet.idOf(made) ? secrets : {}),
      };
    } catch (error) {
      if (error instanceof InitializationError) throw error;
      // It exists and is paid for: the state must have it, and what only its answer told, all the same.
      const outputs = this.sheet.present(last, inputs, secrets).outputs;
      throw new InitializationError(this.sheet.idOf(last), outputs, [error instanceof Error ? error.message : String(error)]);
    }
  }

  /** The job that still makes a server which was found, or failed to. */
  async #unfinished({ client, signal }: Call, server: S): Promise<readonly Job[]> {
    if (this.sheet.phase(server) !== 'making') return [];
    const [newest] = (await this.sheet.jobs?.latest(client, this.sheet.idOf(server), signal)) ?? [];
    return newest && newest.state !== 'done' ? [newest] : [];
  }

  async #outputs(call: Call, server: S, inputs: Properties, secrets: Properties): Promise<Properties> {
    return { ...this.sheet.present(server, inputs, secrets).outputs, ...(await this.sheet.more?.(call, server)) };
  }

  /**
   * The oldest living carrier. One that is going away is nobody's; where names are unique, its name is taken until then, so that it is
   * waited for.
   */
  async #own(ctx: Context, mark: string): Promise<S | undefined> {
    const look = async (): Promise<S[] | undefined> => {
      const living = await this.carriers(ctx, mark);
      const waits = living.length === 0 && this.sheet.deleteBeforeReplace === true && (await this.#withMark(ctx, mark)).length > 0;
      return waits ? undefined : living;
    };
    const [oldest, ...others] = await this.until(ctx, `a former ${this.sheet.noun} to be gone`, TIMEOUTS.delete, look);
    if (others.length > 0) {
      const ids = others.map((each) => this.sheet.idOf(each)).join(', ');
      ctx.log('warning', `${ids} carry ${mark} too; ${this.sheet.idOf(oldest!)}, the oldest, is kept. Look at the others and delete them.`);
    }
    return oldest;
  }

  async #order(ctx: Context, inputs: Properties, mark: string): Promise<{ server: S; jobs: readonly Job[]; secrets: Properties }> {
    const { client } = ctx;
    const { keys, shape, order, jobs, secretsOf, orders = ORDERS } = this.sheet;
    const tags = this.sheet.mark.in(inputs);
    const body = await order(inputs, tags.includes(mark) ? tags : [...tags, mark], ctx.urn, ctx);
    for (let attempt = 1; ; attempt++) {
      ctx.signal.throwIfAborted();
      try {
        ctx.progress(`ordering a ${this.sheet.noun}`);
        const answer = await client.buy({ path: this.sheet.path, body, signal: ctx.signal }, envelope(keys.one, shape));
        const server = below<S>(keys.one, answer);
        return { server, jobs: jobs?.started?.(answer) ?? [], secrets: secretsOf?.(answer) ?? {} };
      } catch (error) {
        if (!isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
        const lost = error.kind === 'unknown_outcome';
        if (lost) ctx.log('warning', `The answer to the order was lost; looking for the ${this.sheet.noun} before asking again.`);
        // A name that is taken may be our own server's, of an order whose answer nobody read.
        const found = await this.window(ctx, () => this.#own(ctx, mark));
        if (found) return { server: found, jobs: [], secrets: {} };
        if (lost && orders === 1)
          throw client.error(
            'needs_person',
            `The answer to an order was lost, and it is not given twice: ${error.detail.message} Look there for a new ${this.sheet.noun}.`,
          );
        if (!lost || attempt >= orders) throw error;
      }
    }
  }

  /** By now listings know everything: an older twin stays; ours, minutes old and nobody's, goes. */
  async #settleTwins(ctx: Context, ready: S, inputs: Properties, mark: string): Promise<S> {
    const [oldest] = await this.carriers(ctx, mark);
    const [id, other] = [this.sheet.idOf(ready), oldest && this.sheet.idOf(oldest)];
    if (other === undefined || other === id) return ready;
    ctx.log('warning', `${this.name(other)} carries ${mark} since before; it is kept and the new ${id} removed.`);
    await this.#remove(ctx, id, mark);
    return this.#born(ctx, other, inputs);
  }

  /** Waits until it serves for the first time. One that an earlier attempt left unstarted is started. */
  async #born(ctx: Context, id: string, inputs: Properties): Promise<S> {
    const { power, boots = () => true, jobs } = this.sheet;
    const ready = await this.ready(ctx, id);
    if (!boots(inputs) || !power.isOff(ready)) return ready;
    const [newest] = (await jobs?.latest(ctx.client, id, ctx.signal)) ?? [];
    if (newest?.state === 'running') await this.ended(ctx, newest, `start of ${this.name(id)}`);
    return this.perform(ctx, id, power.on);
  }

  async read(ctx: Context, id: string, state?: { inputs: Properties; outputs: Properties }): Promise<ReadResult | null> {
    const mark = this.markOf(ctx, state?.inputs ?? {});
    const found = (await this.get(ctx, id)) ?? (await this.#doubted(ctx, id, mark, state?.outputs));
    if (!found) return null;
    const { inputs, outputs } = this.sheet.present(found, state?.inputs ?? {}, state?.outputs ?? {});
    return { id, inputs, outputs: { ...outputs, ...(await this.sheet.more?.(ctx, found)) } };
  }

  /** Gone only when item and listing say so, and for as long as new things may be missing from either. */
  async #doubted(ctx: Context, id: string, mark: string, outputs?: Properties): Promise<S | null> {
    const doubtMs = this.#doubtMs(ctx, outputs);
    const again = doubtMs === 0 ? null : await this.window(ctx, () => this.get(ctx, id), doubtMs);
    if (again) return again;
    if (!(await this.#isListed(ctx, id, mark))) return null;
    const late = await this.window(ctx, () => this.get(ctx, id));
    if (late) return late;
    throw ctx.client.error(
      'malformed',
      `${this.name(id)} answers 404 but ${ctx.client.dialect.name}'s listing still has it; try again later.`,
    );
  }

  /** For how long a 404, which was answered just now, may still be the invisibility of something new. */
  #doubtMs({ client }: Call, outputs: Properties = {}): number {
    const born = this.sheet.recordedBirth?.(outputs);
    if (born === undefined || Number.isNaN(born)) return client.consistencyMs;
    return Math.max(0, Math.min(client.consistencyMs, born + client.consistencyMs - client.now()));
  }

  async #isListed(call: Call, id: string, mark: string): Promise<boolean> {
    return (await this.#withMark(call, mark)).some((each) => this.sheet.idOf(each) === id);
  }

  async update(
    ctx: Context,
    id: string,
    change: { oldInputs: Properties; oldOutputs: Properties; inputs: Properties },
  ): Promise<Properties> {
    const { inputs, oldInputs, oldOutputs } = change;
    let server = await this.ready(ctx, id);
    for (const { when, refuse } of this.sheet.changes) {
      const refused = when(server, inputs, oldInputs) ? await refuse?.(server, inputs, ctx) : null;
      if (refused) throw ctx.client.error(refused.kind, refused.message, { field: refused.field });
    }
    for (const each of this.sheet.changes) server = await this.#apply(ctx, server, each, inputs, oldInputs);
    server = await this.#retag(ctx, server, inputs);
    return this.#outputs(ctx, server, inputs, oldOutputs);
  }

  async #apply(ctx: Context, server: S, change: Change<S>, inputs: Properties, old: Properties): Promise<S> {
    const isDue = change.when(server, inputs, old);
    // An earlier try may have ended between the change and the start. What somebody stopped stays so.
    if (!isDue) return change.off && this.#owesStart(server) ? this.#startAgain(ctx, server) : server;
    const run = async (): Promise<S> => {
      let now = server;
      for (const deed of change.deeds(server, inputs, old)) now = await this.perform(ctx, this.sheet.idOf(server), deed);
      return now;
    };
    return change.off ? this.#whileOff(ctx, server, run) : run();
  }

  /** What ran runs again, also when the change was refused; what was off is off, whatever the vendor makes of it. */
  async #whileOff(ctx: Context, server: S, run: () => Promise<S>): Promise<S> {
    const { power, idOf } = this.sheet;
    const id = idOf(server);
    const restarts = !power.isOff(server) || this.#owesStart(server);
    if (restarts && !this.#owesStart(server)) await this.#tag(ctx, server, [...this.sheet.mark.of(server), RESTART_TAG]);
    await this.perform(ctx, id, power.off);
    try {
      const now = await run();
      if (!restarts && !power.isOff(now)) return await this.perform(ctx, id, power.off);
    } catch (error) {
      if (restarts && !ctx.signal.aborted) await this.#startAgain(ctx, await this.ready(ctx, id));
      throw error;
    }
    return restarts ? this.#startAgain(ctx, await this.ready(ctx, id)) : this.ready(ctx, id);
  }

  #owesStart(server: S): boolean {
    return this.sheet.mark.of(server).includes(RESTART_TAG);
  }

  async #startAgain(ctx: Context, server: S): Promise<S> {
    const now = await this.perform(ctx, this.sheet.idOf(server), this.sheet.power.on);
    return this.#tag(
      ctx,
      now,
      this.sheet.mark.of(now).filter((tag) => tag !== RESTART_TAG),
    );
  }

  /** The program's tags and the mark, no others. */
  #retag(ctx: Context, server: S, inputs: Properties): Promise<S> {
    const wanted = new Set([...this.sheet.mark.in(inputs), this.markOf(ctx, inputs)]);
    const now = this.sheet.mark.of(server);
    return now.length === wanted.size && now.every((tag) => wanted.has(tag))
      ? Promise.resolve(server)
      : this.#tag(ctx, server, [...wanted]);
  }

  async #tag(call: Call, server: S, tags: readonly string[]): Promise<S> {
    let now = server;
    for (const deed of this.sheet.mark.deeds(server, inOrderOf(this.sheet.mark.of(server), tags)))
      now = await this.perform(call, this.sheet.idOf(server), deed);
    return now;
  }

  /** Takes one tag off; a tag or server that is not there counts as done. */
  async removeTag(call: Call, id: string, tag: string): Promise<void> {
    const server = await this.get(call, id);
    if (!server || !this.sheet.mark.of(server).includes(tag)) return;
    await orGone(
      this.#tag(
        call,
        server,
        this.sheet.mark.of(server).filter((each) => each !== tag),
      ),
    );
  }

  async delete(ctx: Context, id: string, outputs: Properties): Promise<void> {
    for (const deed of this.sheet.lastDeeds?.(outputs) ?? []) await this.#tryLast(ctx, id, deed, deed.patienceMs);
    await this.#remove(ctx, id, this.markOf(ctx, outputs), () => this.#doubtMs(ctx, outputs));
  }

  /** Goes on after its time whether it was done or not. */
  async #tryLast(ctx: Context, id: string, deed: Deed<S>, patienceMs: number): Promise<void> {
    try {
      await this.perform({ client: ctx.client, signal: AbortSignal.any([ctx.signal, AbortSignal.timeout(patienceMs)]) }, id, deed);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (isProviderError(error, 'not_found')) return;
      ctx.log(
        'warning',
        `${this.name(id)} took no ${deed.type} in time (${error instanceof Error ? error.message : String(error)}); deleting it anyway.`,
      );
    }
  }

  /** Returns when neither the item nor the listing shows it, and a 404 is no longer the invisibility of something new. */
  async #remove(ctx: Context, id: string, mark: string, doubtMs = () => ctx.client.consistencyMs): Promise<void> {
    let seen = false;
    // Counted from the first 404, when the provider's clock is known.
    let doubtEndsAt: number | undefined;
    await this.until(ctx, `${this.name(id)} to be gone`, TIMEOUTS.delete, async () => {
      const now = await this.get(ctx, id);
      if (!now) {
        if (await this.#isListed(ctx, id, mark)) return undefined;
        doubtEndsAt ??= performance.now() + doubtMs();
        return seen || performance.now() >= doubtEndsAt ? true : undefined;
      }
      seen = true;
      // Busy: some job runs, perhaps our own deletion. Either way, look again.
      if (this.sheet.phase(now) === 'going' || this.sheet.phase(now) === 'busy') return undefined;
      await ctx.client.send({ method: 'DELETE', path: this.path(id), repeatable: true, signal: ctx.signal }).catch((error: unknown) => {
        if (!isProviderError(error, 'not_found', 'conflict')) throw error;
      });
      return undefined;
    });
  }

  resource(): ResourceDefinition<Rest> {
    const { token, inputs, outputs, stableOutputs, stableWhile, check, replaceOn, deleteBeforeReplace, timeoutsMs = TIMEOUTS } = this.sheet;
    return {
      token,
      inputs,
      outputs,
      timeoutsMs,
      ...(stableOutputs ? { stableOutputs } : {}),
      ...(stableWhile ? { stableWhile } : {}),
      ...(check ? { check } : {}),
      ...(replaceOn ? { replaceOn } : {}),
      ...(deleteBeforeReplace ? { deleteBeforeReplace } : {}),
      create: (ctx, all) => this.create(ctx, all),
      read: (ctx, id, state) => this.read(ctx, id, state),
      update: (ctx, id, change) => this.update(ctx, id, change),
      delete: (ctx, id, state) => this.delete(ctx, id, state),
    };
  }
}
