import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { isOwnPeer, ownerByLsof } from './own-peer.ts';

const me = process.geteuid!();
const NOBODY = 65_534;
const hasLsof = spawnSync('lsof', ['-v']).error === undefined;
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Our end of a connection that `dial` opens to the port. */
async function accepted(host: string, dial: (port: number) => void): Promise<Socket> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  dial((server.address() as AddressInfo).port);
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => undefined);
  ends.push(() => {
    socket.destroy();
    server.close();
  });
  return socket;
}

function byUs(host: string): (port: number) => void {
  return (port) => {
    const socket = connect(port, host);
    ends.push(() => socket.destroy());
  };
}

/** A process of another user holds the other end. */
function byAnother(port: number): void {
  const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; read -t 30 line <&3`;
  const child = spawn('/bin/bash', ['-c', script], { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: 'ignore' });
  ends.push(() => child.kill('SIGKILL'));
}

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.1', '::ffff:127.0.0.1'],
  ['::1', '::1'],
])('a connection to %s by way of %s is known as ours, and as nobody else’s', async (host, way) => {
  const socket = await accepted(host, byUs(way));
  expect(await isOwnPeer(socket)).toBe(true);
  expect(await isOwnPeer(socket, me + 1)).toBe(false);
});

test.runIf(me === 0)('a connection of another user is not ours, and stays theirs after they let go', async () => {
  const socket = await accepted('127.0.0.1', byAnother);
  expect(await isOwnPeer(socket)).toBe(false);
  expect(await isOwnPeer(socket, NOBODY)).toBe(true);
  for (const end of ends.splice(0)) end();
  expect(await isOwnPeer(socket)).toBe(false);
});

test.runIf(hasLsof)('lsof, where there are no tables of the kernel, tells the same', async () => {
  const { remotePort, localPort, localAddress, remoteAddress } = await accepted('127.0.0.1', byUs('127.0.0.1'));
  const both = { from: { address: remoteAddress!, port: remotePort! }, to: { address: localAddress!, port: localPort! } };
  expect(await ownerByLsof(both, me)).toBe(true);
  expect(await ownerByLsof(both, me + 1)).toBe(false);
  expect(await ownerByLsof({ ...both, to: { ...both.to, port: 1 } }, me)).toBe(false);
});
