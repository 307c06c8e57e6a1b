/** The pure rules behind the pages. */
import { describe, expect, it } from 'vitest';
import { VPS_STATUSES } from '../../../contract/words.ts';
import { backupsIn, imageProblem, planProblem, priceIn } from '../../kit/api/catalog.ts';
import { asApiError, ApiError, fieldError } from '../../kit/api/problem.ts';
import { capabilityProblem, mayOpen, pageProblem, rightProblem } from './abilities.ts';
import { consequences } from './change.ts';
import { toCsv } from './csv.ts';
import { duration, relativeTime } from '../../kit/lib/format.ts';
import { keyLines, plannedResources } from './planned.ts';
import { drawn, lastChanges } from '../../features/vps/resources.ts';
import { foldEvents } from '../../features/vps/steps.ts';
import { bodyOf, EMPTY_FORM, labelProblem, missing } from './vps-form.ts';
import { vpsTone } from '../../kit/lib/words.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const event = (seq: number, type: string, data: object = {}) => ({ operation_id: 'o', seq, type, data, at: at(seq) }) as never;
const step = (name: string) => ({ op: 'create', urn: `urn::${name}`, name, resourceType: 'a:b:Thing' });

describe('foldEvents', () => {
  it('pairs starts with ends and hangs what was said on its step', () => {
    const [attempt] = foldEvents([
      event(1, 'queued'),
      event(2, 'attempt-started', { attempt: 1 }),
      event(3, 'step-started', step('a')),
      event(4, 'progress', { urn: 'urn::a', message: 'waiting' }),
      event(5, 'diagnostic', { urn: null, severity: 'warning', message: 'slow' }),
      event(6, 'step-finished', step('a')),
    ]);
    expect(attempt!.steps).toMatchObject([{ name: 'a', state: 'done', startedAt: at(3), endedAt: at(6), notes: [{ text: 'waiting' }] }]);
    expect(attempt!.notes).toMatchObject([{ severity: 'warning', text: 'slow' }]);
  });

  it('does not call done what never reported its end', () => {
    const attempts = foldEvents([
      event(1, 'attempt-started', { attempt: 1 }),
      event(2, 'step-started', step('a')),
      event(3, 'attempt-started', { attempt: 2 }),
      event(4, 'step-started', step('a')),
      event(5, 'failed'),
    ]);
    expect(attempts.map(({ number, steps }) => [number, steps.map(({ state }) => state)])).toEqual([
      [1, ['failed']],
      [2, ['failed']],
    ]);
  });
});

describe('the resources of a stack', () => {
  const operation = (kind: string, steps: object[], n: number) =>
    ({ id: `o${n}`, kind, created_at: at(n), finished_at: at(n), result: { steps } }) as never;
  const resource = (name: string, dependencies: string[], more: object = {}) =>
    ({ urn: name, type: 'a:b:Thing', name, parent: 'frame', provider_id: `id-${name}`, protect: false, dependencies, ...more }) as never;

  it('are drawn in the order they are built, without the frames that hold them', () => {
    const resources = [
      resource('frame', [], { parent: null, provider_id: null }),
      resource('vps-password', [], { provider_id: null }),
      resource('vps-instance', ['vps-password'], { protect: true }),
      resource('vps-dns-a', ['vps-instance']),
      resource('vps-reverse', ['vps-dns-a']),
    ];
    expect(drawn(resources).map(({ name, rank }) => [name, rank])).toEqual([
      ['vps-password', 0],
      ['vps-instance', 1],
      ['vps-dns-a', 2],
      ['vps-reverse', 2],
    ]);
    expect(drawn([])).toEqual([]);
  });

  it('know the operation that last changed them; a preview changes nothing', () => {
    const made = operation('provision', [step('vps-instance')], 1);
    const preview = operation('preview', [step('vps-instance')], 2);
    expect(lastChanges([preview, made]).get('a:b:Thing vps-instance')).toEqual({ operation: 'o1', at: at(1) });
  });
});

describe('the create form', () => {
  const full = { ...EMPTY_FORM, account: 'a', region: 'r', plan: 'p', image: 'i', label: 'web-1' };
  it('names the first thing that is missing', () => {
    expect(missing(EMPTY_FORM)).toMatch(/account/);
    expect(missing({ ...full, label: '-x' })).toMatch(/Correct the name/);
    expect(missing(full)).toBeNull();
    expect(labelProblem('a'.repeat(64))).not.toBeNull();
  });

  it('sends only what was chosen, and no keys to Windows', () => {
    const form = { ...full, keys: 'ssh-ed25519 AAAA\n\n', zone: 'plinth.test', firewall: true, packages: 'nginx, git' };
    expect(bodyOf(form, false)).toMatchObject({
      ssh_keys: ['ssh-ed25519 AAAA'],
      dns: { zone: 'plinth.test' },
      cloud_init: { packages: ['nginx', 'git'] },
    });
    expect(bodyOf(form, true)).not.toHaveProperty('ssh_keys');
    expect(bodyOf(full, false)).not.toHaveProperty('dns');
    const copy = { ...full, image: '', snapshot: 's' };
    expect([missing(copy), bodyOf(copy, false)]).toEqual([null, expect.objectContaining({ from_snapshot: 's' })]);
    expect(bodyOf({ ...full, snapshot: 's' }, false)).not.toHaveProperty('image');
  });

  it('plans the same resources as the stack', () => {
    const more = { reverse: true, backups: true };
    const planned = plannedResources({ label: 'web-1', keys: 2, firewall: true, dnsName: 'web-1.plinth.test', ipv6: true, ...more });
    const made = ['Password', '2 SSH keys', 'Server', 'Firewall', 'Backups', 'DNS records A and AAAA', 'Reverse DNS'];
    expect(planned.map(({ kind }) => kind)).toEqual(made);
    expect(keyLines(' a \n\n b')).toEqual(['a', 'b']);
  });

  it('says why a plan or image cannot be had', () => {
    const prices = { currency: 'USD', priceMonthly: '5', regionPrices: { s: '6' }, backupMonthly: '1', regionBackups: { s: '1.20' } };
    const plan = { available: true, regions: ['r'], diskGb: 10, ...prices } as never;
    expect(planProblem(plan, 's')).toMatch(/region/);
    expect([priceIn(plan, 's'), backupsIn(plan, 's'), backupsIn(plan, 'r')]).toEqual(['6.00', '1.20', '1.00']);
    expect(imageProblem({ deprecated: false, regions: null, minDiskGb: 25 } as never, 'r', plan)).toMatch(/25 GB/);
  });
});

describe('refusals', () => {
  const problem = new ApiError(422, 'invalid_request', 'x', null, [{ field: 'ssh_keys.1', rule: 'is cut off', remedy: 'Send it whole.' }]);
  it('find their field, also inside a list', () => {
    expect(fieldError(problem, 'ssh_keys')?.rule).toBe('is cut off');
    expect(fieldError(problem, 'ssh')).toBeNull();
    expect(asApiError(new TypeError('failed to fetch')).remedy).toMatch(/tries again/);
  });

  it('tell who may not, and why an action is off', () => {
    const session = { name: 'ci', permissions: ['vps:read', 'profile:read'], organization_id: null, mode: 'production' } as never;
    expect(rightProblem(session, 'vps:read', 'vps:create')).toBe('This needs the permission vps:create; “ci” does not have it.');
    expect([rightProblem(session, 'vps:read'), pageProblem(undefined, '/drift'), pageProblem(session, '/drift')]).toEqual([
      null,
      null,
      'This needs the permission drift:read; “ci” does not have it.',
    ]);
    const bound = { name: 'x', permissions: ['vps:create', 'account:read'], organization_id: 'o' } as never;
    expect(pageProblem(bound, '/vps/new')).toMatch(/one organization/);
    expect(mayOpen({ ...(session as object), permissions: ['mailbox:read'] } as never, '/mailbox')).toBe(false);
    const vps = { capabilities: { start: { allowed: false, reason: 'It runs already.' } } } as never;
    expect(capabilityProblem(vps, 'start')).toBe('It runs already.');
  });
});

describe('words and figures', () => {
  it('tells the gravest consequence first', () => {
    const preview = {
      data_loss: true,
      replaces_instance: false,
      interruption: true,
      new_address: false,
      price_before: null,
      price_after: null,
      notes: ['Note.'],
    };
    expect(consequences(preview as never).map(({ tone }) => tone)).toEqual(['bad', 'warn', 'quiet']);
  });

  it('keeps spreadsheets from running cells', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['=1+1', 'x"y,z'],
          [null, 3],
        ],
      ),
    ).toBe('a,b\r\n\'=1+1,"x""y,z"\r\n,3');
  });

  it('says times as people do', () => {
    expect([duration(850), duration(4_200), duration(185_000), duration(7_620_000)]).toEqual([
      '850 ms',
      '4.2 s',
      '3 min 05 s',
      '2 h 07 min',
    ]);
    expect(relativeTime(new Date(at(0)), new Date(at(1)))).toBe('now');
  });
});

it('gives every state of a VPS a tone, and what needs a person a loud one', () => {
  const quiet = VPS_STATUSES.filter((status) => vpsTone(status) === 'quiet');
  expect(quiet).toEqual(['terminated']);
  expect(['error', 'leaked'].map(vpsTone)).toEqual(['bad', 'bad']);
  expect(vpsTone('of a newer server')).toBe('quiet');
});
