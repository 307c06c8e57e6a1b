/**
 * Runs the simulator on its own. Environment: SIMULATOR_PORT (4010), SIMULATOR_HOST (127.0.0.1),
 * SIMULATOR_CLIENT_PORT (the port after SIMULATOR_PORT: the first provider's own, the next provider has the next), SIMULATOR_SPEED (1),
 * SIMULATOR_TOKEN (for the control API from elsewhere), SIMULATOR_DATA (the file that keeps its world; default `simulator.sqlite` in the
 * working directory).
 */
import { keepFilesPrivate } from '../lib/private-files.ts';
import { simulations } from './list.ts';
import { startSimulator } from './server.ts';

keepFilesPrivate();
// A log on a full disk, or a reader that went away, must not end the simulator.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const env = process.env;
const speed = Number(env['SIMULATOR_SPEED'] ?? 1);
const dataFile = env['SIMULATOR_DATA'] ?? 'simulator.sqlite';
const port = Number(env['SIMULATOR_PORT'] ?? 4010);
const simulator = await startSimulator({
  host: env['SIMULATOR_HOST'] ?? '127.0.0.1',
  port,
  clientPort: Number(env['SIMULATOR_CLIENT_PORT'] ?? port + 1),
  speed,
  dataFile,
  ...(env['SIMULATOR_TOKEN'] ? { token: env['SIMULATOR_TOKEN'] } : {}),
  log: (message) => console.error(message),
});

console.log(`Simulator at ${simulator.origin} (speed ${speed}, world in ${dataFile})`);
console.log(`  page      ${simulator.origin}/`);
console.log(`  control   ${simulator.origin}/_simulator`);
for (const { id } of simulations) console.log(`  ${id.padEnd(14)}${simulator.baseUrl(id)}`);
console.log('Give a client one of these as its API base URL, and any credential that begins with "sim-".');
console.log('Clients whose paths begin at the origin, as the vendors’ own do, take the provider’s own port:');
for (const { id } of simulations) console.log(`  ${id.padEnd(14)}${simulator.clientOrigin(id) ?? 'none: its port is taken'}`);

const stop = (): void => void simulator.close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
