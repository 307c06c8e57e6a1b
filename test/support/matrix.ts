/** The life of one VPS in a lane, step by step, with one fault at one call of a step, and what must hold after each. */
import { expect } from 'vitest';
import { findProvider } from '../../providers/list.ts';
import { expectPassword } from './invariants.ts';
import { callsOf } from './calls.ts';
import { type Lane, presence } from './lanes.ts';
import type { Shop } from './shop.ts';

export const STEPS = ['provision', 'stop', 'start', 'rename', 'resize', 'refresh', 'reinstall', 'terminate'] as const;
export type Step = (typeof STEPS)[number];

/** What a server of that cloud can live through. */
export function stepsAt(provider: string): readonly Step[] {
  const { rename } = findProvider(provider)!.descriptor.capabilities;
  return STEPS.filter((step) => step !== 'rename' || rename.can);
}

/** What goes wrong at a call. */
export const TROUBLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '429': { kind: 'status', status: 429, retryAfterSeconds: 1 },
  '503': { kind: 'status', status: 503 },
  timeout: { kind: 'timeout' },
  cut: { kind: 'cut' },
  malformed: { kind: 'malformed' },
  'lost answer': { kind: 'lost-answer' },
};
/** Someone deletes the server, or the names, at that very moment. */
export const DELETIONS = ['server deleted', 'names deleted'] as const;

export interface Case {
  readonly step: Step;
  readonly side: 'compute' | 'dns';
  /** The call's number within the step, from 0. */
  readonly at: number;
  /** That call, when nothing goes wrong. */
  readonly call: string;
  readonly trouble: string;
}

export interface Result extends Case {
  readonly provider: string;
  readonly outcome: string;
}

const OPERATION_MS = 420_000;
/** Many wait at once: none may ask too often. */
const POLL_MS = 200;
/** A person repeats what failed this often before giving up. */
const RETRIES = 3;
/** A sentence that says what to do, or what is done without anyone. */
const REMEDY = /\b(again|ask|check|choose|correct|decide|delete|give|look|make|order|raise|refresh|repair|retry|run|terminate|use|wait)\b/i;

export class Life {
  readonly lane: Lane;
  readonly #shop: Shop;
  readonly #dns: string;
  #label: string;
  #id = '';
  #instanceId = '';

  constructor(shop: Shop, lane: Lane, dns: string, label: string) {
    this.#shop = shop;
    this.lane = lane;
    this.#dns = dns;
    this.#label = label;
  }

  get id(): string {
    return this.#id;
  }

  /** One step with at most one fault; what it came to in the end is right. Answers how the first try ended. */
  async undergo(step: Step, fault?: Case): Promise<string> {
    const what = `${this.lane.provider} ${step}${fault ? ` with ${fault.trouble} at ${fault.side} call ${fault.at} (${fault.call})` : ''}`;
    const set = fault && (await this.#setFault(fault));
    const operation = await this.#shop.ended(await this.begin(step), OPERATION_MS, POLL_MS);
    const reached = set === undefined || !(await this.#stillSet(set));
    await this.expectNoTwins(what);
    if (operation.status !== 'succeeded') {
      expectHonest(operation, what);
      await this.#retry(what);
    }
    await this.expectRight(step, what);
    return reached ? outcomeOf(operation) : 'not reached';
  }

  /** One step in which the server or its names are deleted at that call. Afterwards nothing but an honest record is left of it. */
  async lose(fault: Case): Promise<string> {
    const { step, trouble } = fault;
    const what = `${this.lane.provider} ${step} with ${trouble} at ${fault.side} call ${fault.at} (${fault.call})`;
    const set = await this.#setFault(fault);
    const operation = await this.#shop.ended(await this.begin(step), OPERATION_MS, POLL_MS);
    const reached = !(await this.#stillSet(set));
    await this.expectNoTwins(what);
    if (operation.status !== 'succeeded') {
      expectHonest(operation, what);
      // Nobody had it yet, so the set-up makes anew what is gone.
      if (step === 'provision') {
        await this.#retry(what);
        await this.expectRight(step, what);
      }
    }
    const { servers } = await presence(this.#shop, this.lane, this.#id);
    // Only an order or a reinstall may make a server: an empty one in the place of a lost one is a decision.
    if (trouble === 'server deleted' && reached && !['provision', 'reinstall'].includes(step))
      expect(servers.length, `${what}: servers`).toBe(0);
    if (step !== 'terminate' || operation.status !== 'succeeded') await this.end(what);
    await this.expectRight('terminate', what);
    return reached ? outcomeOf(operation) : 'not reached';
  }

  /** Begins a step; its operation's id. */
  async begin(step: Step): Promise<string> {
    const answer = await this.#send(step);
    expect(answer, `${this.lane.provider} ${step}`).toHaveProperty('operation.id');
    if (step === 'provision') this.#id = answer.instance.id;
    if (step === 'rename') this.#label += '-new';
    return answer.operation.id;
  }

  #send(step: Step): Promise<any> {
    const act = (body: object): Promise<any> => this.#shop.call('POST', `/api/vps/${this.#id}/actions`, body);
    switch (step) {
      case 'provision':
        return this.#shop.call('POST', '/api/vps', this.lane.order(this.#label));
      case 'rename':
        return act({ action: step, label: `${this.#label}-new` });
      case 'resize':
        return act({ action: step, plan: this.lane.larger });
      case 'refresh':
        return this.#shop.call('POST', `/api/vps/${this.#id}/refresh`);
      case 'terminate':
        return this.#shop.call('DELETE', `/api/vps/${this.#id}`);
      default:
        return act({ action: step });
    }
  }

  async end(what: string): Promise<void> {
    const operation = await this.#shop.ended(await this.begin('terminate'), OPERATION_MS, POLL_MS);
    if (operation.status === 'succeeded') return;
    expectHonest(operation, what);
    await this.#retry(`${what}, then terminate`);
  }

  async #retry(what: string): Promise<void> {
    const faults: unknown[] = [];
    for (let round = 1; round <= RETRIES; round++) {
      const { operation } = await this.#shop.call('POST', `/api/vps/${this.#id}/retry`);
      const ended = await this.#shop.ended(operation.id, OPERATION_MS, POLL_MS);
      if (ended.status === 'succeeded') return;
      expectHonest(ended, what);
      faults.push(ended.fault);
    }
    expect.fail(`${what}: not served by ${RETRIES} retries: ${JSON.stringify(faults)}`);
  }

  async #setFault({ side, at, trouble }: Case): Promise<string> {
    const provider = side === 'dns' ? this.#dns : this.lane.provider;
    const account = side === 'dns' ? this.lane.dnsToken : this.lane.token;
    const victim = trouble === 'names deleted' ? this.#dns : this.lane.provider;
    const deletion = { kind: 'vanish', victim, match: trouble === 'names deleted' ? this.lane.zone : this.#label };
    const { id } = await this.#shop.fault({ provider, account, skip: at, ...(TROUBLES[trouble] ?? deletion) });
    return id;
  }

  /** Takes it back; true when no call reached it. */
  async #stillSet(id: string): Promise<boolean> {
    return await this.#shop.control('DELETE', `/faults/${id}`).then(
      () => true,
      () => false,
    );
  }

  async expectNoTwins(what: string): Promise<void> {
    const { servers, records } = await presence(this.#shop, this.lane, this.#id);
    expect(servers.length, `${what}: servers`).toBeLessThanOrEqual(1);
    const names = records.map(({ name, type }) => `${type} ${name}`);
    expect(new Set(names).size, `${what}: ${names.join(', ')}`).toBe(names.length);
  }

  /** Everything is as this step, and those before it, should have made it. */
  async expectRight(step: Step, what: string): Promise<void> {
    const vps = await this.#shop.vps(this.#id);
    const { servers, records } = await presence(this.#shop, this.lane, this.#id);
    if (step === 'terminate') {
      expect([servers, records], what).toEqual([[], []]);
      expect(vps, what).toMatchObject({ status: 'terminated', evidence: { clean: true } });
      return;
    }
    const [server, ...others] = servers;
    expect(others, what).toEqual([]);
    expect(server, `${what}: the server`).toBeDefined();
    expect(vps, what).toMatchObject({ status: 'active', label: this.#label, instance_id: server!.id, ipv4: server!.ipv4 });
    if (step === 'provision' || step === 'reinstall') this.#instanceId = vps.instance_id;
    else expect(vps.instance_id, what).toBe(this.#instanceId);
    const name = `${this.#label}.${this.lane.zone}`;
    const own = records.map((record) => [record.type, record.name, record.content]).sort();
    expect(own, what).toEqual([['A', name, vps.ipv4], ...(vps.ipv6 ? [['AAAA', name, vps.ipv6]] : [])]);
    const running = /^(active|running|ok)/.test(server!.status);
    expect([vps.power_state, running], what).toEqual(step === 'stop' ? ['stopped', false] : ['running', true]);
    if (step === 'resize') expect([vps.plan, (server as any).plan], what).toEqual([this.lane.larger, this.lane.larger]);
    if (step === 'rename') expect(server!.label, what).toContain(this.#label);
    if (step === 'provision' || step === 'reinstall') {
      const shown = await this.#shop.call('POST', `/api/vps/${this.#id}/reveal-password`, { reason: 'is it right', again: true });
      expectPassword(server!, shown.password);
    }
  }

  /** How many calls each side has had by now. */
  async counts(): Promise<{ compute: string[]; dns: string[] }> {
    const [compute, dns] = await Promise.all([callsOf(this.#shop, this.lane.token), callsOf(this.#shop, this.lane.dnsToken)]);
    return { compute, dns };
  }
}

/** Ended, and says what happened, where, and what to do. */
export function expectHonest(operation: any, what: string): void {
  expect(['failed', 'stalled'], what).toContain(operation.status);
  expect(operation.fault, what).toMatchObject({ kind: expect.any(String), message: expect.any(String) });
  const { kind, message, provider } = operation.fault;
  expect(message.length, `${what}: ${message}`).toBeGreaterThanOrEqual(20);
  expect(message, `${what}: a remedy`).toMatch(REMEDY);
  expect(kind, `${what}: ${message}`).not.toBe('unexpected');
  if (kind !== 'leaked') expect(provider, `${what}: ${message}`).toEqual(expect.any(String));
}

function outcomeOf({ status, attempt, fault }: any): string {
  if (status !== 'succeeded') return `${status}: ${fault.kind}`;
  return attempt === 1 ? 'succeeded' : 'succeeded, tried again';
}
