import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { integrityError, manifestMagic, type Deployment, type ResourceState } from '../kernel/deployment.ts';
import { isKnownKind, replayJournal, type JournalEntry } from './journal.ts';

const VERSION = 'v3.259.0';

function resource(name: string, fields: Partial<ResourceState> = {}): ResourceState {
  return { urn: `urn:pulumi:s::p::t:i:R::${name}`, type: 't:i:R', custom: true, id: name, ...fields };
}

function base(...resources: ResourceState[]): Deployment {
  return { manifest: { time: '2026-01-01T00:00:00Z', magic: manifestMagic(VERSION), version: VERSION }, resources };
}

function entry(kind: number, sequenceID: number, operationID: number, fields: Partial<JournalEntry> = {}): JournalEntry {
  return { version: 1, kind, sequenceID, operationID, ...fields };
}

const names = (deployment: Deployment): string[] => (deployment.resources ?? []).map((item) => item.urn.split('::').at(-1)!);

describe('replayJournal', () => {
  test('puts new resources first and keeps what the update did not touch', () => {
    const { deployment } = replayJournal(
      base(resource('old'), resource('gone')),
      [entry(0, 1, 1), entry(1, 2, 1, { state: resource('new'), removeOld: 1 })],
      VERSION,
    );
    expect(names(deployment)).toEqual(['new', 'old']);
    expect(deployment.pending_operations).toBeUndefined();
  });

  test('an unfinished begin stays as a pending operation, a failed one does not', () => {
    const operation = { resource: resource('a', { id: '' }), type: 'creating' };
    const open = replayJournal(base(), [entry(0, 1, 1, { operation })], VERSION);
    expect(open.deployment.pending_operations).toEqual([operation]);
    const failed = replayJournal(base(), [entry(0, 1, 1, { operation }), entry(2, 2, 1)], VERSION);
    expect(failed.deployment.pending_operations).toBeUndefined();
  });

  test('a pending create of the base survives until somebody clears it; other kinds do not', () => {
    const start = {
      ...base(),
      pending_operations: [
        { resource: resource('a'), type: 'creating' },
        { resource: resource('b'), type: 'updating' },
      ],
    };
    expect(replayJournal(start, [], VERSION).deployment.pending_operations?.map((operation) => operation.type)).toEqual(['creating']);
  });

  test('entries are applied by sequence, not by arrival', () => {
    const entries = [entry(1, 4, 2, { state: resource('b') }), entry(0, 1, 1), entry(1, 2, 1, { state: resource('a') }), entry(0, 3, 2)];
    expect(names(replayJournal(base(), entries, VERSION).deployment)).toEqual(['a', 'b']);
  });

  test('delete-before-replace marks the old one, then drops it', () => {
    const marked = replayJournal(base(resource('x')), [entry(1, 1, 1, { pendingReplacementOld: 0 })], VERSION);
    expect(marked.deployment.resources?.[0]?.pendingReplacement).toBe(true);
    const done = replayJournal(
      base(resource('x')),
      [entry(1, 1, 1, { pendingReplacementOld: 0 }), entry(1, 2, 2, { state: resource('x'), removeOld: 0 })],
      VERSION,
    );
    expect(names(done.deployment)).toEqual(['x']);
    expect(done.deployment.resources?.[0]?.pendingReplacement).toBeUndefined();
  });

  test('create-before-delete marks the old for deletion until its own delete succeeds', () => {
    const entries = [entry(1, 1, 1, { state: resource('x', { id: 'second' }), deleteOld: 0 })];
    const half = replayJournal(base(resource('x', { id: 'first' })), entries, VERSION);
    expect(half.deployment.resources?.map((item) => [item.id, item.delete])).toEqual([
      ['second', undefined],
      ['first', true],
    ]);
    expect(integrityError(half.deployment)).toBeNull();
    const whole = replayJournal(base(resource('x', { id: 'first' })), [...entries, entry(1, 2, 2, { removeOld: 0 })], VERSION);
    expect(whole.deployment.resources?.map((item) => item.id)).toEqual(['second']);
  });

  test('a refresh that finds nothing drops the resource and every reference to it', () => {
    const child = resource('child', {
      dependencies: [resource('gone').urn],
      propertyDependencies: { a: [resource('gone').urn] },
      parent: resource('gone').urn,
    });
    const { deployment } = replayJournal(base(resource('gone'), child), [entry(3, 1, 1, { removeOld: 0 })], VERSION);
    expect(names(deployment)).toEqual(['child']);
    expect(deployment.resources?.[0]).toEqual({ urn: child.urn, type: child.type, custom: true, id: 'child' });
    expect(integrityError(deployment)).toBeNull();
  });

  test('a refresh that finds a change keeps the place of the resource', () => {
    const { deployment } = replayJournal(
      base(resource('a'), resource('b')),
      [entry(3, 1, 1, { removeOld: 0, state: resource('a', { outputs: { size: 2 } }) })],
      VERSION,
    );
    expect(deployment.resources?.map((item) => item.outputs)).toEqual([{ size: 2 }, undefined]);
  });

  test('outputs of a resource made in this update replace its state', () => {
    const entries = [
      entry(1, 1, 1, { state: resource('c') }),
      entry(4, 2, 2, { removeNew: 1, state: resource('c', { outputs: { ip: 'x' } }) }),
    ];
    expect(replayJournal(base(), entries, VERSION).deployment.resources).toEqual([resource('c', { outputs: { ip: 'x' } })]);
  });

  test('a rebuilt base starts the numbering anew', () => {
    const entries = [entry(1, 1, 1, { state: resource('a'), removeOld: 0 }), entry(7, 2, 0), entry(1, 3, 1, { removeOld: 0 })];
    expect(names(replayJournal(base(resource('a'), resource('b')), entries, VERSION).deployment)).toEqual(['b']);
  });

  test('features make it schema 4 and stand sorted', () => {
    const state = resource('a', { viewOf: 'urn', replaceWith: [], resourceHooks: { before: ['x'] } });
    expect(replayJournal(base(), [entry(1, 1, 1, { state })], VERSION)).toMatchObject({ version: 4, features: ['hooks', 'views'] });
  });

  test('references by a former URN follow an alias', () => {
    const renamed = resource('new', { aliases: [resource('old').urn] });
    const { deployment } = replayJournal(
      base(),
      [entry(1, 1, 1, { state: renamed }), entry(1, 2, 2, { state: resource('dep', { dependencies: [resource('old').urn] }) })],
      VERSION,
    );
    expect(deployment.resources?.[1]?.dependencies).toEqual([renamed.urn]);
    expect(integrityError(deployment)).toBeNull();
  });

  test('unknown kinds and dangling operation ids fail loudly', () => {
    expect(isKnownKind(9)).toBe(true);
    expect(isKnownKind(10)).toBe(false);
    expect(() => replayJournal(base(), [entry(10, 1, 1)], VERSION)).toThrow(/kind 10/);
    expect(() => replayJournal(base(), [entry(1, 1, 1, { deleteNew: 7 })], VERSION)).toThrow(/operation 7/);
  });

  test('never changes its input, and any cut of a create run is a valid snapshot', () => {
    const run = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(run, fc.nat(), (outcomes, cut) => {
        const entries = outcomes.flatMap((ok, index) => {
          const previous = index > 0 && outcomes[index - 1] ? { dependencies: [resource(`r${index - 1}`).urn] } : {};
          const state = resource(`r${index}`, previous);
          return [
            entry(0, index * 2, index, { operation: { resource: state, type: 'creating' } }),
            ok ? entry(1, index * 2 + 1, index, { state }) : entry(2, index * 2 + 1, index),
          ];
        });
        const start = base(resource('kept'));
        const before = JSON.stringify([start, entries]);
        const { deployment } = replayJournal(start, entries.slice(0, cut % (entries.length + 1)), VERSION);
        expect(integrityError(deployment)).toBeNull();
        expect(JSON.stringify([start, entries])).toBe(before);
      }),
    );
  });
});

describe('integrityError', () => {
  test.each([
    ['a wrong magic', { ...base(), manifest: { time: '', magic: 'x', version: VERSION } }, /magic/],
    ['a missing parent', base(resource('a', { parent: 'urn:none' })), /parent/],
    ['a dependency that comes later', base(resource('a', { dependencies: [resource('b').urn] }), resource('b')), /later/],
    ['a resource twice', base(resource('a'), resource('a')), /twice/],
    ['an unknown provider', base(resource('a', { provider: 'urn:x::1' })), /provider/],
    ['an id without custom', base(resource('a', { custom: false })), /custom/],
  ])('names %s', (_what, deployment, expected) => {
    expect(integrityError(deployment)).toMatch(expected);
  });
});
