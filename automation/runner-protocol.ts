/** What the engine driver and a runner say to each other over the process's IPC channel. */
import type { EngineAnswers } from './types.ts';
import type { VpsSpec } from '../stacks/spec.ts';

/** Driver to runner: the program run that the next CLI process will ask for. Holds a secret; never log it. */
export interface PrepareMessage {
  readonly type: 'prepare';
  readonly run: number;
  readonly spec: VpsSpec;
  readonly rootPassword?: string;
  readonly answers?: EngineAnswers;
  /** An ordered reinstall: changed image, keys and user data reach the instance. */
  readonly replaceInstance: boolean;
}

export type RunnerMessage =
  /** The language server listens; modules are loaded. */
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'prepared'; readonly run: number }
  /** The program's outputs, all known. Holds a secret; never log it. */
  | { readonly type: 'outputs'; readonly run: number; readonly outputs: Record<string, unknown> }
  | { readonly type: 'program-failed'; readonly run: number; readonly message: string }
  /** The program could not be loaded at all. */
  | { readonly type: 'broken'; readonly message: string };

/** The function a program module exports: called for each run, it gives the program. `program` of stacks/vps.ts. */
export type StackProgram = (
  spec: VpsSpec,
  secrets: { rootPassword?: string; answers?: EngineAnswers },
  options: { replaceInstance: boolean },
) => () => Promise<object>;
