/**
 * The machines behind the simulated addresses: each running server answers on a loopback port of its own, TLS and `/health` some time
 * after it was made. Nothing routes the addresses themselves, so whoever wants to reach one asks for its port (`GET
 * /_simulator/machines/:address`). A port is opened when it is first asked for, and closed when its server is off or gone.
 */
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { SimInstanceView } from '../providers/simulation.ts';
import { Authority } from './authority.ts';
import type { World } from './world.ts';

/** After a server was made: its system answers connections, its web server has a certificate. */
const SYSTEM_MS = 20_000;
const WEB_MS = 60_000;
const RUNNING = /^(active|running|ok)/;
/** The first byte of a TLS handshake. */
const HANDSHAKE = 0x16;
/** In a script or user data: where a new server phones home. The simulator calls this machine only. */
const SETUP_URL = /http:\/\/(?:localhost|127\.0\.0\.1):\d+\/api\/setup\/[A-Za-z0-9_-]{20,}/;
const HOME_MS = 5_000;

export interface Machine {
  readonly address: string;
  readonly port: number;
  readonly provider: string;
  readonly id: string;
  /** Whether TLS and /health answer already. */
  readonly serving: boolean;
}

interface Listening {
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

export class Machines {
  readonly authority = new Authority();
  readonly #worlds: () => Iterable<World>;
  readonly #booted = new Set<string>();
  readonly #open = new Map<string, Promise<Listening>>();
  readonly #contexts = new Map<string, Promise<SecureContext>>();
  constructor(worlds: () => Iterable<World>) {
    this.#worlds = worlds;
  }

  /** What a real one does at its first boot with the script that it was given: fetches its secrets, and says that it is finished. */
  #boot({ userData = '' }: SimInstanceView, silent: boolean): void {
    const home = SETUP_URL.exec(userData)?.[0];
    if (home === undefined || silent || this.#booted.has(home)) return;
    // Once for each system: one that is written anew has another script.
    this.#booted.add(home);
    const post = async (url: string, body?: object): Promise<Response> =>
      await fetch(url, {
        method: 'POST',
        signal: AbortSignal.timeout(HOME_MS),
        ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      });
    void (async () => {
      const answer = await post(home);
      const told = (await answer.json().catch(() => null)) as { secrets?: object } | null;
      await post(`${home}/finished`, { ok: answer.ok && Object.keys(told?.secrets ?? {}).length > 0 });
    })().catch(() => this.#booted.delete(home));
  }

  /** Undefined where no running server has the address, or its system does not answer yet. */
  async at(address: string): Promise<Machine | undefined> {
    const found = this.#find(address);
    if (!found?.answers) {
      await this.#shut(address);
      return undefined;
    }
    this.#boot(found.instance, found.world.hasFlag('setup-silent', found.instance.id));
    const opening = this.#open.get(address) ?? this.#listen(address);
    this.#open.set(address, opening);
    const { port } = (await opening).server.address() as AddressInfo;
    return { address, port, provider: found.world.simulation.id, id: found.instance.id, serving: found.serves };
  }
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((address) => this.#shut(address)));
  }

  #find(address: string): { world: World; instance: SimInstanceView; answers: boolean; serves: boolean } | undefined {
    for (const world of this.#worlds()) {
      const instance = world.simulation.instances?.(world).find(({ ipv4, ipv6 }) => ipv4 === address || ipv6 === address);
      if (!instance) continue;
      const age = world.now() - Date.parse(instance.createdAt);
      // Times of the providers' answers have whole seconds.
      const since = (ms: number): boolean => age >= Math.min(world.scale(ms), ms);
      const answers = RUNNING.test(instance.status) && since(SYSTEM_MS) && !world.hasFlag('machine-silent', instance.id);
      return { world, instance, answers, serves: answers && since(WEB_MS) && !world.hasFlag('web-silent', instance.id) };
    }
    return undefined;
  }

  async #listen(address: string): Promise<Listening> {
    const sockets = new Set<Socket>();
    const web = createHttp(this.#pages(address));
    const server = createTcp((socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
      if (!this.#find(address)?.answers) return void socket.destroy();
      socket.once('data', (first: Buffer) => {
        socket.pause();
        socket.unshift(first);
        if (first[0] !== HANDSHAKE) return void web.emit('connection', socket);
        if (this.#find(address)?.serves !== true) return void socket.destroy();
        const secure = new TLSSocket(socket, {
          isServer: true,
          SNICallback: (name, done) => void this.#contextOf(name).then((context) => done(null, context), done),
        });
        secure.on('error', () => secure.destroy());
        web.emit('connection', secure);
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    server.unref();
    return { server, sockets };
  }
  async #shut(address: string): Promise<void> {
    const opening = this.#open.get(address);
    this.#open.delete(address);
    if (!opening) return;
    const { server, sockets } = await opening;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  #contextOf(name: string): Promise<SecureContext> {
    const made = this.#contexts.get(name) ?? this.authority.certificate(name).then(({ key, cert }) => createSecureContext({ key, cert }));
    this.#contexts.set(name, made);
    return made;
  }
  #pages(address: string): RequestListener {
    return (request, response) => {
      const found = this.#find(address);
      const fails = found?.world.hasFlag('health-fails', found.instance.id) ?? true;
      response.setHeader('content-type', 'application/json');
      if (request.url !== '/health') response.end(JSON.stringify({ server: found?.instance.label ?? null }));
      else {
        response.statusCode = fails ? 503 : 200;
        response.end(JSON.stringify({ status: fails ? 'failing' : 'ok' }));
      }
    };
  }
}
