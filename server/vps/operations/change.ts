/** How a change of a VPS's spec reaches its server, and what it makes of the VPS's row. */
import type { EngineResult } from '../../../automation/types.ts';
import type { AtProvider, Requested } from '../../../contract/operations/kind.ts';
import type { z } from 'zod';
import { VpsSpec } from '../../../stacks/spec.ts';
import { passwordChange, passwordFor } from '../password/life.ts';
import { outputsChange } from '../outputs.ts';
import type { VpsColumns } from '../store.ts';
import { wholeSpec } from '../user-data.ts';
import { runUpdate } from './look-again.ts';
import { refuseEmptyServer } from './recorded-server.ts';
import type { EndedWell, Work } from './sheet.ts';
import { noteProgress, serverOf } from './work.ts';
import { faultOf, withoutSteps } from './work-fault.ts';

/** The spec the engine shall bring about: the change's, else the VPS's. */
export function specOf({ services, request, vps }: Pick<Work, 'services' | 'request' | 'vps'>): VpsSpec {
  return wholeSpec(services.secrets, vps, request.spec ?? vps.spec);
}

/** What the program is told. Secret. */
export function passwordOf({ services, sheet, request, vps }: Omit<Work, 'drive'>): string | undefined {
  return passwordFor(services.secrets, vps, sheet.bringsPassword?.(request) === true);
}

/** An update of what is there: it makes no empty server in a lost one's place. @throws LeaseLost */
export async function runChange(work: Work): Promise<EngineResult> {
  const started = performance.now();
  const refused = await refuseEmptyServer(work);
  return refused ? withoutSteps(started, refused) : await runUpdate(work);
}

type Progress = z.infer<typeof AtProvider>;
type Ask<Request extends Requested> = (
  work: Work<Request, Progress>,
  server: ReturnType<typeof serverOf>,
  password: string | undefined,
) => Promise<void>;

/**
 * What begins at the provider itself, once, however often the operation is attempted; then the engine.
 * @param words what is done to the server; null: the engine does it all @throws LeaseLost
 */
export async function runAfterProvider<Request extends Requested>(
  work: Work<Request, Progress>,
  words: string | null,
  ask: Ask<Request>,
): Promise<EngineResult> {
  const started = performance.now();
  const refused = await refuseEmptyServer(work);
  if (refused) return withoutSteps(started, refused);
  if (words === null || work.progress.provider === 'done') return await runUpdate(work);
  const failed = await faultOf(work, async () => {
    const server = serverOf(work);
    work.writer.say(`${words} server ${server.id}`);
    await ask(work, server, passwordOf(work));
    await noteProgress(work, { provider: 'done' });
  });
  return failed ? withoutSteps(started, failed) : await runUpdate(work);
}

/** After a change: the spec is the VPS's, what the stack put out stands on its row, a new password is its own. */
export function changeOfSpec(ended: EndedWell): VpsColumns {
  return { ...outputsOf(ended), ...specChange(ended), ...passwordChange(ended) };
}

/** The same of one that boots from another disk, or from one written anew. */
export function changeOnNewDisk(ended: EndedWell): VpsColumns {
  const mended = ended.request.spec !== undefined && ended.vps.status === 'error' ? { status: 'active' } : {};
  return { ...changeOfSpec(ended), ...mended, rescueSince: null, powerState: 'running' };
}

function outputsOf({ services, vps, result }: EndedWell): VpsColumns {
  return result.outputs ? outputsChange(services, vps.id, result.outputs) : {};
}

function specChange({ request }: EndedWell): VpsColumns {
  if (request.spec === undefined) return {};
  const spec = VpsSpec.parse(request.spec);
  const { plan, image } = spec.compute;
  return { spec, label: spec.label, plan, image, generation: spec.generation };
}
