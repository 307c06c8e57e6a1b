/**
 * Calls to addresses that callers chose. Only public ones are connected to: every address of every answer of the name service is
 * looked at, at each connection, by the very look-up that the connection uses, so a name that answers otherwise a moment later
 * gains nothing; addresses written as such never pass a look-up and are looked at before. Redirects are not followed, and ports,
 * sizes and times are bounded. undici's own fetch is used: Node's refuses this agent, and ignores others silently.
 */
import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, fetch } from 'undici';

const PORTS: ReadonlySet<string> = new Set(['', '443', '8443']);
const CONNECT_MS = 5_000;

/** A name's addresses, all of them. Of the system, unless a test has its own. */
export type Resolve = (name: string, options: LookupAllOptions, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export interface WallOptions {
  /**
   * `host:port` to `address:port`: simulated machines, which are nowhere on the network. Exactly these go there and need no public
   * address, TLS or usual port; all else meets the wall. In development only (kernel/config.ts).
   */
  readonly connectMap?: ReadonlyMap<string, string>;
  readonly resolve?: Resolve;
}

export interface SafeAnswer {
  readonly status: number;
  /** Its beginning, as text. */
  readonly head: string;
}

/** Why an address is not called: a sentence for whoever gave it. */
export class Blocked extends Error {
  override readonly name = 'Blocked';
}

/** Public, and of one machine: no private, local, shared, translated or reserved ranges. */
export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

export class Wall {
  readonly #agent: Agent;
  readonly #map: ReadonlyMap<string, string>;
  readonly #resolve: Resolve;

  constructor({ connectMap = new Map(), resolve = systemLookup }: WallOptions = {}) {
    this.#map = connectMap;
    this.#resolve = resolve;
    const connect = buildConnector({ timeout: CONNECT_MS, lookup: this.#lookup });
    this.#agent = new Agent({
      // Kept ones would be used again without a look.
      keepAliveTimeout: 1,
      keepAliveMaxTimeout: 1,
      connect: (options, done) => {
        const target = this.#map.get(`${options.hostname}:${options.port}`);
        if (target !== undefined) {
          const [hostname = '', port = ''] = target.split(':');
          return connect({ ...options, hostname, host: hostname, port }, done);
        }
        const literal = options.hostname.replace(/^\[|\]$/g, '');
        if (isIP(literal) !== 0 && !isPublic(literal)) return done(notPublic(literal), null);
        return connect(options, done);
      },
    });
  }

  /** What stands against an address before anything is connected; null: nothing. Names are asked for, too. */
  async objection(address: string): Promise<string | null> {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url) return 'is no address';
    if (url.username !== '' || url.password !== '') return 'holds a user name or password';
    if (this.#mapped(url)) return null;
    if (url.protocol !== 'https:') return 'does not begin with https://';
    if (!PORTS.has(url.port)) return 'has another port than 443 or 8443';
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0) return isPublic(literal) ? null : 'is not a public address';
    const found = await new Promise<LookupAddress[] | null>((done) =>
      this.#resolve(literal, { all: true }, (error, addresses) => done(error ? null : addresses)),
    );
    if (!found || found.length === 0) return 'has a name that the name service does not know';
    return found.every((each) => isPublic(each.address)) ? null : 'leads to an address that is not public';
  }

  /**
   * For another client's own connection to `url`: how it finds the address of a name, with the same look at every connection.
   * @throws Blocked when it is written as an address that is not public
   */
  lookupFor(url: URL): LookupFunction {
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !isPublic(literal)) throw notPublic(literal);
    return this.#lookup;
  }

  /** @throws Blocked, or the error of the connection. The body is read up to `headBytes` and then dropped. */
  async post(
    address: string,
    body: string,
    headers: Record<string, string>,
    limits: { ms: number; headBytes: number },
  ): Promise<SafeAnswer> {
    const url = new URL(address);
    if (!this.#mapped(url) && (url.protocol !== 'https:' || !PORTS.has(url.port)))
      throw new Blocked('Only https:// on port 443 or 8443 is called.');
    const signal = AbortSignal.timeout(limits.ms);
    try {
      const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', dispatcher: this.#agent, signal });
      return { status: response.status, head: await headOf(response.body, limits.headBytes) };
    } catch (error) {
      throw blockedIn(error) ?? (signal.aborted ? new Error(`No answer within ${limits.ms / 1000} s.`) : error);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #mapped(url: URL): boolean {
    return this.#map.has(`${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`);
  }

  readonly #lookup: LookupFunction = (name, options, done) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    this.#resolve(name, { family, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const [first] = addresses;
      const bad = addresses.find((each) => !isPublic(each.address));
      if (bad || !first) return done(notPublic(name), '', 0);
      return options.all ? done(null, addresses as never) : done(null, first.address, first.family);
    });
  };
}

const notPublic = (what: string): Blocked => new Blocked(`${what} is not, or leads to, an address that is not public.`);

function blockedIn(error: unknown): Blocked | null {
  for (let each: unknown = error; each instanceof Error; each = each.cause) if (each instanceof Blocked) return each;
  return null;
}

async function headOf(body: AsyncIterable<Uint8Array> | null, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body)
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      // Leaving the loop cancels the rest, however long it is.
      if (size >= most) break;
    }
  return Buffer.concat(chunks).subarray(0, most).toString('utf8').replaceAll('\0', '');
}
