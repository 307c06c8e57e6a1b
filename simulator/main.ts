/**
 * Runs the simulator on its own. Environment: SIMULATOR_PORT (4010), SIMULATOR_HOST (127.0.0.1),
 * SIMULATOR_SPEED (1), SIMULATOR_DATA (the file that keeps its world; default `simulator.sqlite` in the working directory).
 */
import { simulations } from './list.ts';
import { startSimulator } from './server.ts';

const env = process.env;
const speed = Number(env['SIMULATOR_SPEED'] ?? 1);
const dataFile = env['SIMULATOR_DATA'] ?? 'simulator.sqlite';
const simulator = await startSimulator({
  host: env['SIMULATOR_HOST'] ?? '127.0.0.1',
  port: Number(env['SIMULATOR_PORT'] ?? 4010),
  speed,
  dataFile,
  log: (message) => console.error(message),
});

console.log(`Simulator at ${simulator.origin} (speed ${speed}, world in ${dataFile})`);
console.log(`  page      ${simulator.origin}/`);
console.log(`  control   ${simulator.origin}/_simulator`);
for (const { id } of simulations) console.log(`  ${id.padEnd(14)}${simulator.baseUrl(id)}`);
console.log('Give a client one of these as its API base URL, and any credential that begins with "sim-".');
console.log(`Clients whose paths begin at the origin: http://<provider>.localhost:${new URL(simulator.origin).port}`);

const stop = (): void => void simulator.close().then(() => process.exit(0));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
