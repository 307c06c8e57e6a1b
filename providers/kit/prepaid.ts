/** Servers that are paid for a term in advance: their end is ordered, and comes with the end of what is paid. */
import type { Properties } from '../resource.ts';
import { Servers } from './server.ts';
import type { Call, Context } from './server-sheet.ts';

export abstract class PrepaidServers<S> extends Servers<S> {
  /** The end that is ordered now: ISO 8601, or null where it is not told; undefined for what has ended already. @throws ProviderError */
  protected abstract orderEnd(call: Call, server: S): Promise<{ readonly at: string | null } | undefined>;

  /** While the server is there it is an error that it is not gone: the state must keep it. */
  override async delete(ctx: Context, id: string, _outputs: Properties): Promise<void> {
    const server = await this.get(ctx, id);
    if (!server) return this.#gone(ctx, id);
    if (this.sheet.phase(server) === 'going') return this.#untilGone(ctx, id);
    const end = await this.orderEnd(ctx, server);
    if (end === undefined) return this.#gone(ctx, id);
    throw ctx.client.error(
      'conflict',
      `${this.name(id)} will end ${end.at === null ? 'with its paid period' : `at ${end.at}`}: its renewal is off. Until then it runs and is paid for.`,
      { providerCode: 'ending' },
    );
  }

  /** A 404 of something new is no absence. */
  async #gone(ctx: Context, id: string): Promise<void> {
    const again = await this.window(ctx, () => this.get(ctx, id));
    const listed = again ?? (await this.list(ctx)).find((each) => this.sheet.idOf(each) === id);
    if (listed) throw ctx.client.error('malformed', `${this.name(id)} is there and not there; try again later.`);
  }
  async #untilGone(ctx: Context, id: string): Promise<void> {
    await this.until(ctx, `${this.name(id)} to be gone`, 15 * 60_000, async () => ((await this.get(ctx, id)) ? undefined : true));
  }
}
