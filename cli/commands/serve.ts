/** `plinth serve` and `plinth worker`: the service itself, from the same command. */
import { type Command, command } from '../command.ts';

function service(name: 'serve' | 'worker', summary: string, details: string, args: readonly string[]): Command {
  return command({
    path: [name],
    summary,
    details,
    json: false,
    passThrough: true,
    examples: name === 'serve' ? ['serve', 'serve --port 8080', 'serve --role http'] : ['worker'],
    run: async (_context, rest) => {
      // Loaded only here: every other command starts without the server's modules.
      const { serve } = await import('../../server/main.ts');
      return await serve([...args, ...rest]);
    },
  });
}

export const serveCommands: readonly Command[] = [
  service(
    'serve',
    'Run the service: HTTP and worker in one process',
    'Options: --role all|http|worker, --port N. Everything else comes from the environment; see .env.example.',
    [],
  ),
  service('worker', 'Run a worker only, on the same database', 'The same as plinth serve --role worker.', ['--role', 'worker']),
];
