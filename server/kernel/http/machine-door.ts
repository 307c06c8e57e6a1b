/**
 * Asks a customer's own server whether it answers: by the address that its provider told, with its name for TLS. Only public
 * addresses are connected to; a simulated one has no packets of its own, so the simulator says at which port of this machine it
 * answers. What the simulator never handed out meets the wall like everything else.
 */
import { request } from 'node:https';
import { connect } from 'node:net';
import { isPublic, Blocked } from './safe-fetch.ts';

/** Where a simulated machine answers; null: it has no such machine, or that is off. */
export type Machines = (address: string) => Promise<{ readonly port: number; readonly certificate: string } | null>;

interface Door {
  readonly host: string;
  readonly port: number;
  readonly ca?: string;
}
const TIMEOUT_MS = 5_000;

/** @throws Blocked */
async function doorOf(machines: Machines | undefined, address: string, port: number): Promise<Door> {
  const simulated = (await machines?.(address)) ?? null;
  if (simulated) return { host: '127.0.0.1', port: simulated.port, ca: simulated.certificate };
  if (!isPublic(address)) throw new Blocked(`${address} is not a public address.`);
  return { host: address, port };
}

/** Null: it takes connections; else why not. */
export async function askPort(machines: Machines | undefined, address: string, port: number): Promise<string | null> {
  const door = await doorOf(machines, address, port).catch((error: unknown) => String(error instanceof Error ? error.message : error));
  if (typeof door === 'string') return door;
  return await new Promise((done) => {
    const socket = connect({ host: door.host, port: door.port, timeout: TIMEOUT_MS });
    const end = (answer: string | null): void => {
      socket.destroy();
      done(answer);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('it does not answer'));
    socket.once('error', (error) => end(error.message));
  });
}

/** Null: `https://<hostname><path>` answered 200 with a certificate for that name; else why not. */
export async function askHealth(machines: Machines | undefined, address: string, hostname: string, path: string): Promise<string | null> {
  const door = await doorOf(machines, address, 443).catch((error: unknown) => String(error instanceof Error ? error.message : error));
  if (typeof door === 'string') return door;
  return await new Promise((done) => {
    const { host, port, ca } = door;
    const asked = request(
      { host, port, path, servername: hostname, headers: { host: hostname }, timeout: TIMEOUT_MS, agent: false, ...(ca ? { ca } : {}) },
      (answer) => {
        answer.resume();
        done(answer.statusCode === 200 ? null : `it answers ${answer.statusCode}`);
        answer.destroy();
      },
    );
    asked.once('timeout', () => asked.destroy(new Error('it does not answer')));
    asked.once('error', (error) => done(error.message));
    asked.end();
  });
}
