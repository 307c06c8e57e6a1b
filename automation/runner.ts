/**
 * Entry of a runner: a child process that keeps the SDK's modules and the stack program loaded and
 * serves one program run at a time to the CLI. The SDK may end its process on a program error, which
 * is why programs do not run in the worker.
 *
 * Arguments: the program module's URL and the name of the exported function.
 */
import { createRequire, flushCompileCache } from 'node:module';
import * as pulumi from '@pulumi/pulumi';
import { listenPrivately } from './private-port.ts';
import type { PrepareMessage, RunnerMessage, StackProgram } from './runner-protocol.ts';

const require = createRequire(import.meta.url);
const grpc = require('@grpc/grpc-js');
// The Automation API's own language server; it is not part of the SDK's typed surface.
const { LanguageServer } = require('@pulumi/pulumi/automation/server.js');
const { LanguageRuntimeService } = require('@pulumi/pulumi/proto/language_grpc_pb.js');
const { grpcChannelOptions } = require('@pulumi/pulumi/runtime/settings.js');

let current: PrepareMessage | undefined;

function send(message: RunnerMessage): void {
  if (process.connected) process.send?.(message);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs the prepared program and tells the driver what it returned, secrets opened. */
async function runPrepared(program: StackProgram): Promise<object> {
  const run = current;
  if (!run) throw new Error('no program run was prepared for this engine process');
  current = undefined;
  try {
    const secrets = {
      ...(run.rootPassword === undefined ? {} : { rootPassword: run.rootPassword }),
      ...(run.answers === undefined ? {} : { answers: run.answers }),
    };
    const outputs = await program(run.spec, secrets, { replaceInstance: run.replaceInstance })();
    // In a preview some outputs stay unknown and the callback does not run; then there is nothing to tell.
    pulumi.output(outputs).apply((values) => {
      send({ type: 'outputs', run: run.run, outputs: values as Record<string, unknown> });
    });
    return outputs;
  } catch (error) {
    send({ type: 'program-failed', run: run.run, message: describe(error) });
    throw error;
  }
}

async function main(): Promise<void> {
  const [moduleUrl, exportName] = process.argv.slice(2);
  if (moduleUrl === undefined || exportName === undefined) throw new Error('usage: runner.ts <module url> <export>');
  const module = (await import(moduleUrl)) as Record<string, unknown>;
  const program = module[exportName];
  if (typeof program !== 'function') throw new Error(`${moduleUrl} exports no function "${exportName}"`);
  process.on('message', (message: PrepareMessage) => {
    current = message;
    send({ type: 'prepared', run: message.run });
  });
  const server = new grpc.Server({ ...grpcChannelOptions });
  server.addService(LanguageRuntimeService, new LanguageServer(() => runPrepared(program as StackProgram)));
  const { port } = await listenPrivately(server);
  send({ type: 'ready', port });
  // Node writes it at a regular exit, which a runner does not have.
  flushCompileCache();
}

// A runner never outlives the worker that started it.
process.on('disconnect', () => process.exit(0));
main().catch((error: unknown) => {
  send({ type: 'broken', message: describe(error) });
  process.exitCode = 1;
  process.disconnect?.();
});
