/** A server with a setup profile counts as there when its checks pass; each is told in the operation's events. */
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { fault } from '../../../automation/faults.ts';
import { SetupCheck } from '../../../contract/setup-profile.ts';
import type { VpsOutputs } from '../../../stacks/outputs.ts';
import { clientOf } from '../../accounts/accounts.ts';
import { askHealth, askPort } from '../../kernel/http/machine-door.ts';
import type { Services } from '../../kernel/services.ts';
import type { Attempted, Work } from '../operations/sheet.ts';
import { whileHeld } from '../operations/work.ts';
import { outputsChange } from '../outputs.ts';
import { updateVps } from '../store.ts';
import { markReady, setupOf } from './store.ts';

type Check = z.output<typeof SetupCheck>;
const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** What was made, once it is ready; or why it is not. The server stays as it is, and a repetition goes on with the checks. */
export async function untilReady(work: Work, made: Attempted): Promise<Attempted> {
  const { services, vps, signal } = work;
  const setup = made.ok ? await setupOf(services.db, vps.id) : null;
  if (!setup || !made.outputs) return made;
  const { outputs } = made;
  // It has a server and an address from here on, whether it becomes ready or not.
  await whileHeld(work, (tx) => updateVps(tx, vps.id, outputsChange(services, vps.id, outputs)));
  const end = performance.now() + setup.readyWithin * 1000;
  for (const check of SetupCheck.array().parse(setup.checks)) {
    const why = await passed(work, check, outputs, end, signal);
    if (why === null) continue;
    const message = `The server is there, but ${nameOf(check)} did not pass: ${why}. Look at /post_install.log on it, then retry: the checks go on.`;
    return { ...made, ok: false, fault: fault('timeout', message, { retryable: false }) };
  }
  await markReady(services.db, vps.id);
  await dropScript(services, work);
  return made;
}

/** Null when it passed. */
async function passed(work: Work, check: Check, outputs: VpsOutputs, end: number, signal: AbortSignal): Promise<string | null> {
  const name = nameOf(check);
  work.writer.add('readiness', { check: name, state: 'waiting' });
  for (let pause = FIRST_MS; ; pause = Math.min(pause * 1.5, LONGEST_MS)) {
    const why = await ask(work, check, outputs);
    if (why === null) {
      work.writer.add('readiness', { check: name, state: 'passed' });
      return null;
    }
    if (signal.aborted || performance.now() >= end || why === STOPPED) {
      work.writer.add('readiness', { check: name, state: 'failed', message: why });
      return why;
    }
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

const STOPPED = 'its script stopped at an error';

async function ask({ services, vps }: Work, check: Check, { ipv4, ipv6, hostname }: VpsOutputs): Promise<string | null> {
  const { machines } = services;
  const address = ipv4 === '' ? ipv6 : ipv4;
  switch (check.type) {
    case 'finished': {
      // The simulated machine boots when it is looked at.
      await machines?.(address);
      const now = await setupOf(services.db, vps.id);
      return now?.finishedOk === true ? null : now?.finishedOk === false ? STOPPED : 'its script has not said that it is finished';
    }
    case 'tcp':
      return await askPort(machines, address, check.port);
    case 'https':
      return await askHealth(machines, address, hostname, check.path);
  }
}

function nameOf(check: Check): string {
  return check.type === 'tcp' ? `port ${check.port}` : check.type === 'https' ? `https ${check.path}` : 'the end of its script';
}

/** What a provider keeps for the first boot only is of no more use. Kept is no harm: it is looked for again at the end. */
async function dropScript(services: Services, { vps, signal }: Work): Promise<void> {
  try {
    await clientOf(services, vps.account).compute?.dropSetup?.(vps.id, { signal });
  } catch (error) {
    services.log.warn({ err: error, vps: vps.id }, 'the script of a first boot could not be deleted; the end of its VPS does it');
  }
}
