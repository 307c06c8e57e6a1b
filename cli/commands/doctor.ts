/** `plinth doctor` */
import { ConfigError, readConfig } from '../../server/kernel/config.ts';
import { type Command, command, type Context } from '../command.ts';
import { isLoopback } from '../connection.ts';
import { type Check, fail, ok } from '../doctor/check.ts';
import { dataDirCheck, diskCheck, engineChecks, nodeCheck } from '../doctor/machine.ts';
import { apiChecks, databaseChecks, simulatorCheck } from '../doctor/service.ts';
import { EXIT } from '../errors.ts';
import { type Row, show, status, table } from '../output.ts';

export const doctorCommand: Command = command({
  path: ['doctor'],
  summary: 'Check this machine and the service, and say what to repair',
  details:
    'Node, settings, engine, disk, data directory, database, migrations, workers, API, token, clock, simulator. ' +
    'Changes nothing. When the service is on another machine, only what concerns it from here is checked. Exit code 1 when something fails.',
  examples: ['doctor', 'doctor --json', 'doctor --url https://vps.example.com'],
  run: async (context) => {
    const checks = await allChecks(context);
    const failed = checks.some((check) => check.status === 'fail');
    show(context, { ok: !failed, checks }, (colour) => {
      const rows = checks.map((check): Row => [
        status(check.status),
        check.name,
        check.remedy === null ? check.detail : `${check.detail}. ${check.remedy}`,
      ]);
      return table(['STATUS', 'CHECK', 'FOUND'], rows, colour);
    });
    return failed ? EXIT.failed : EXIT.ok;
  },
});

async function allChecks(context: Context): Promise<Check[]> {
  const { env, cwd } = context.io;
  const connection = await context.connection();
  const [engine, api] = await Promise.all([engineChecks({ ...env }), apiChecks(connection)]);
  const everywhere = [nodeCheck(process.version), ...engine];
  if (!isLoopback(connection.url)) return [...everywhere, ...api];
  return [...everywhere, ...(await localChecks(env, cwd)), ...api];
}

async function localChecks(env: Context['io']['env'], cwd: string): Promise<Check[]> {
  try {
    const config = readConfig(env, cwd);
    const [disk, dataDir, database, simulator] = await Promise.all([
      diskCheck(config.dataDir),
      dataDirCheck(config.dataDir),
      databaseChecks(config),
      simulatorCheck(config),
    ]);
    return [ok('settings', `mode ${config.mode}`), disk, dataDir, ...database, ...(simulator ? [simulator] : [])];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [fail('settings', error.mistakes.join(' '), 'Correct them in the environment or .env.')];
  }
}
