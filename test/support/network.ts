/** A network of its own for a process, which a test can cut: nothing arrives any more, and nobody is told (Linux, as root). */
import { spawnSync } from 'node:child_process';
import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';

const ip = (...args: readonly string[]): boolean => spawnSync('ip', args, { stdio: 'ignore' }).status === 0;

export interface Network {
  /** This machine, seen from inside. */
  readonly host: string;
  /** The mask of both ends, as PostgreSQL's host rules want it. */
  readonly range: string;
  /** Begins a command line of a process inside. */
  readonly wrap: readonly string[];
  /** Lets processes inside reach a port of this machine's loopback; answers the port on `host`. */
  expose(port: number): Promise<number>;
  cut(): void;
  mend(): void;
  close(): void;
}

/** null where this user may not make one. */
export function openNetwork(): Network | null {
  const name = `plt${process.pid % 100_000}`;
  const [outer, inner] = [`${name}a`, `${name}b`];
  const base = `10.213.${process.pid % 250}`;
  const inside = (...args: readonly string[]): boolean => ip('-n', name, ...args);
  const made =
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    ip('netns', 'add', name) &&
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name) &&
    ip('addr', 'add', `${base}.1/30`, 'dev', outer) &&
    ip('link', 'set', outer, 'up') &&
    inside('addr', 'add', `${base}.2/30`, 'dev', inner) &&
    inside('link', 'set', inner, 'up') &&
    inside('link', 'set', 'lo', 'up');
  const servers: ReturnType<typeof createServer>[] = [];
  const network: Network = {
    host: `${base}.1`,
    range: `${base}.0/30`,
    wrap: ['ip', 'netns', 'exec', name],
    async expose(port) {
      const server = createServer((socket) => {
        const upstream = connect(port, '127.0.0.1');
        for (const end of [socket, upstream]) end.on('error', () => end.destroy());
        socket.pipe(upstream).pipe(socket);
      });
      servers.push(server.listen(0, network.host));
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    cut: () => void ip('link', 'set', outer, 'down'),
    mend: () => void ip('link', 'set', outer, 'up'),
    close: () => {
      for (const server of servers) server.close();
      ip('netns', 'del', name);
      ip('link', 'del', outer);
    },
  };
  if (made) return network;
  network.close();
  return null;
}
