/** One account's VPSes: each is several pages of the API, put together here. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { orGone, part, type Ask } from '../kit/rest.ts';
import { dialectOf, OvhRest, VERSION } from '../kit/ovhcloud/api.ts';
import { marksOf, slugOf } from '../kit/ovhcloud/names.ts';
import { inTurn } from '../kit/turns.ts';
import type { AccountConnection } from '../provider.ts';
import type { RateBudget } from '../rate-budget.ts';
import { waitFor } from '../wait.ts';
import { bought } from './order.ts';

const dialect = { ...dialectOf('ovhvps', 'OVH'), basePath: VERSION };

export const Vps = z.looseObject({
  name: z.string(),
  displayName: z.string().nullish(),
  state: z.string(),
  zone: z.string(),
  model: z.looseObject({ name: z.string(), disk: z.number() }),
});
/** Kept whole: a change sends all of it back. */
export const Service = z.looseObject({
  creation: z.string(),
  expiration: z.string(),
  status: z.string(),
  renewalType: z.string().nullish(),
  renew: z.looseObject({ automatic: z.boolean(), deleteAtExpiration: z.boolean(), period: z.number().nullish() }).nullish(),
});
export type Service = z.infer<typeof Service>;
const Ip = z.looseObject({ ipAddress: z.string(), version: z.string(), reverse: z.string().nullish() });
export interface Machine {
  readonly vps: z.infer<typeof Vps>;
  readonly service: Service;
  readonly addresses: readonly z.infer<typeof Ip>[];
}
export const Machine: z.ZodType<Machine> = z.looseObject({ vps: Vps, service: Service, addresses: z.array(Ip) });

interface Order {
  readonly displayName: string;
  readonly plan: string;
  readonly datacenter: string;
  readonly image: string;
  readonly publicKey?: string;
}
const INSTALL_MS = 30 * 60_000;

export class OvhVps extends OvhRest {
  readonly #account: RateBudget;
  constructor(connection: AccountConnection) {
    super(dialect, connection);
    this.#account = connection.budget;
  }

  names(signal?: AbortSignal): Promise<string[]> {
    return this.call({ path: '/vps', signal }, z.array(z.string()));
  }

  /** Null on a definite "not found" only; a VPS whose time is over answers so too. */
  async machine(name: string, signal?: AbortSignal): Promise<Machine | null> {
    const at = `/vps/${part(name)}`;
    const vps = await orGone(this.call({ path: at, signal }, Vps));
    if (!vps) return null;
    const [service, ips] = await Promise.all([
      orGone(this.call({ path: `${at}/serviceInfos`, signal }, Service)),
      orGone(this.call({ path: `${at}/ips`, signal }, z.array(z.string()))),
    ]);
    if (!service || !ips) return null;
    const addresses = await Promise.all(ips.map((ip) => this.call({ path: `${at}/ips/${part(ip)}`, signal }, Ip)));
    return { vps, service, addresses };
  }

  async machines(signal?: AbortSignal): Promise<Machine[]> {
    const all = await Promise.all((await this.names(signal)).map((name) => this.machine(name, signal)));
    return all.filter((machine) => machine !== null);
  }

  /** A purchase, or what an attempt before has bought. It is named before anything else is done: the name carries the mark. */
  override buy<T>(ask: Ask, shape: z.ZodType<T>): Promise<T> {
    return inTurn(this.#account, () => this.#buy(ask, shape));
  }

  async #buy<T>(ask: Ask, shape: z.ZodType<T>): Promise<T> {
    const { displayName, plan, datacenter, image, publicKey } = ask.body as Order;
    const signal = ask.signal ?? new AbortController().signal;
    const wanted = { mark: marksOf(displayName)[0]!, plan, datacenter, image };
    const namesOf = async (): Promise<ReadonlyMap<string, string>> =>
      new Map((await this.machines(signal)).map(({ vps }) => [vps.name, vps.displayName ?? '']));
    const body = { autoPayWithPreferredPaymentMethod: true, waiveRetractationPeriod: true };
    const name = await bought({ rest: this, wanted, signal, namesOf }, (path) => super.buy({ path, body }, z.unknown()));
    // Nobody has it before it is named: what is installed now is nobody's data.
    if (publicKey) await this.#install(name, image, publicKey, signal);
    await this.send({ method: 'PUT', path: `/vps/${part(name)}`, body: { displayName }, repeatable: true, signal });
    const made = await this.machine(name, signal);
    if (!made) throw this.error('malformed', `OVH has delivered ${name} but does not show it; try again later.`);
    return shape.parse(made);
  }

  /** The order takes no key: a new VPS is installed again with it, once OVH's own tasks are done. */
  async #install(name: string, image: string, publicKey: string, signal: AbortSignal): Promise<void> {
    const body = await this.rebuildBody(name, image, publicKey, signal);
    let isOrdered = false;
    await waitFor({
      provider: this.dialect.provider,
      what: `${name} to be installed with its key`,
      key: 'ovhvps/install',
      signal,
      deadlineMs: INSTALL_MS,
      probe: async () => {
        if (isOrdered) return (await this.machine(name, signal))?.vps.state === 'running' || undefined;
        try {
          await this.send({ method: 'POST', path: `/vps/${part(name)}/rebuild`, body, repeatable: true, signal });
          isOrdered = true;
        } catch (error) {
          if (!isProviderError(error, 'conflict')) throw error;
        }
        return undefined;
      },
    });
  }

  /** Images have another id at every VPS. @throws ProviderError `invalid` */
  async rebuildBody(name: string, image: string, publicSshKey: string | undefined, signal: AbortSignal): Promise<object> {
    const at = `/vps/${part(name)}/images/available`;
    for (const id of await this.call({ path: at, signal }, z.array(z.string()))) {
      const found = await this.call({ path: `${at}/${part(id)}`, signal }, z.looseObject({ name: z.string() }));
      if (slugOf(found.name) === slugOf(image))
        return { imageId: id, ...(publicSshKey === undefined ? {} : { publicSshKey, doNotSendPassword: true }) };
    }
    throw this.error('invalid', `OVH has no image "${image}" for ${name}. Choose another.`, { field: 'image' });
  }
}
