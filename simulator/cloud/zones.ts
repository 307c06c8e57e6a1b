/** The simulated world of names: zones of an account, with records that a provider's wire tells of in its own words. */
import { type RequestHandler, Router } from 'express';
import type { Collection, SimRecordView, Simulation, SimWorld } from '../../providers/simulation.ts';
import { Refusal } from './model.ts';
import { Wire, type Words } from './wire.ts';

/** One record; names are whole, in small letters. Every document is JSON: it survives the process. */
export interface SimName {
  id: string;
  account: string;
  zone: string;
  name: string;
  type: string;
  content: string;
  ttl: number;
  comment: string;
  createdMs: number;
}

export interface SimZone {
  id: string;
  account: string;
  name: string;
  createdMs: number;
}

/** A zone that an account has from its first look on. Its id is the next number, unless it must outlive the world. */
export type Seed = Pick<SimZone, 'name'> & Partial<Pick<SimZone, 'id'>>;

const TYPES = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SRV', 'TXT'];
const HOST_NAME = /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]+$/;

export class Zones {
  readonly world: SimWorld;
  readonly names: Collection<SimName>;
  readonly #seeds: (account: string) => readonly Seed[];
  readonly #zones: Collection<SimZone>;

  constructor(world: SimWorld, seeds: (account: string) => readonly Seed[]) {
    this.world = world;
    this.#seeds = seeds;
    this.names = world.collection<SimName>('records');
    this.#zones = world.collection<SimZone>('zones');
  }

  /** The zones of an account, made at its first look. */
  zones(account: string): SimZone[] {
    const own = this.#zones.filter((zone) => zone.account === account);
    if (own.length > 0) return own;
    return this.#seeds(account).map((seed) =>
      this.#zones.put({ id: seed.id ?? this.#nextId(), account, createdMs: this.world.now(), name: seed.name }),
    );
  }

  /** By id or name. @throws Refusal `not_found` */
  zone(account: string, key: string): SimZone {
    const found = this.zones(account).find(({ id, name }) => id === key || name === key.toLowerCase().replace(/\.$/, ''));
    if (!found) throw new Refusal('not_found', 'zone not found');
    return found;
  }

  of({ account, name }: SimZone): SimName[] {
    return this.names.filter((each) => each.account === account && each.zone === name);
  }

  /** @throws Refusal `not_found` */
  record(zone: SimZone, id: string): SimName {
    const found = this.of(zone).find((each) => each.id === id);
    if (!found) throw new Refusal('not_found', 'record not found');
    return found;
  }

  /** Makes or changes a record. @throws Refusal `invalid` for a name outside, a bad content, or a CNAME beside others */
  put(zone: SimZone, asked: Pick<SimName, 'name' | 'type' | 'content' | 'ttl'> & Partial<Pick<SimName, 'id' | 'comment'>>): SimName {
    const { name, type, content } = asked;
    if (!TYPES.includes(type)) throw new Refusal('invalid', `unknown type ${type}`, 'type');
    if (name !== zone.name && !name.endsWith(`.${zone.name}`)) throw new Refusal('invalid', `${name} is outside of the zone`, 'name');
    if (!HOST_NAME.test(name)) throw new Refusal('invalid', `${name} is no name`, 'name');
    if ((type === 'A' && !/^\d+(\.\d+){3}$/.test(content)) || (type === 'AAAA' && !content.includes(':')) || content === '')
      throw new Refusal('invalid', `invalid content for ${type}`, 'content');
    const beside = this.of(zone).filter((each) => each.name === name && each.type !== type);
    if (beside.some((each) => (each.type === 'CNAME') !== (type === 'CNAME')))
      throw new Refusal('invalid', 'conflicts with a CNAME', 'name');
    const old = asked.id === undefined ? undefined : this.names.get(asked.id);
    const { account } = zone;
    const id = asked.id ?? this.#nextId();
    return this.names.put({ comment: '', createdMs: this.world.now(), ...old, ...asked, id, account, zone: zone.name });
  }

  /** @param sets the provider knows a record by its name and type */
  views(sets: boolean): SimRecordView[] {
    return this.names.all().map(({ id, zone, name, type, content, comment }) => ({
      id: sets ? `${name}/${type}` : id,
      zone,
      name,
      type,
      content,
      comment: comment || null,
    }));
  }

  #nextId(): string {
    return String(this.world.nextInt('zone', 5_000_000));
  }
}

/** One provider's wire over the world of names. */
export interface ZoneWire extends Pick<Simulation, 'id' | 'errorAnswer' | 'accountDefaults'> {
  /** Records are known by name and type, not by a number. */
  readonly sets?: boolean;
  readonly seeds: (account: string) => readonly Seed[];
  readonly words: Words;
  /** How bodies are read that are no JSON. */
  readonly reads?: RequestHandler;
  mount(wire: Wire, zones: Zones): void;
}

export function simulateZones({ words, reads, mount, ...rest }: ZoneWire): Simulation {
  return simulateNames(rest, (world, zones) => {
    const router = Router();
    if (reads) router.use(reads);
    mount(new Wire(router, { world }, words), zones);
    return router;
  });
}

/** The same with any router: where calls are known by something else than a credential of HTTP. */
export function simulateNames(
  { id, errorAnswer, accountDefaults, seeds, sets = false }: Omit<ZoneWire, 'words' | 'reads' | 'mount'>,
  routerOf: (world: SimWorld, zones: Zones) => Router,
): Simulation {
  const zonesOf = (world: SimWorld): Zones => new Zones(world, seeds);
  return {
    id,
    errorAnswer,
    ...(accountDefaults ? { accountDefaults } : {}),
    router: (world) => routerOf(world, zonesOf(world)),
    records: (world) => zonesOf(world).views(sets),
    removeBehindBack(world, record) {
      const { names } = zonesOf(world);
      const found = names.filter(({ id: number, name, type }) => (sets ? `${name}/${type}` : number) === record);
      for (const each of found) names.delete(each.id);
      return found.length > 0;
    },
  };
}
