import { describe, expect, it } from 'vitest';
import { PROVIDER_ERROR_KINDS } from '../providers/errors.ts';
import { classify, type FailureEvidence } from './faults.ts';

const nothing: FailureEvidence = { stack: 'vps-abcd', errors: [], output: '', exitCode: 255, exitSignal: null, aborted: false };
const errors = (...messages: string[]): FailureEvidence['errors'] => messages.map((message) => ({ message, urn: 'urn:x::server' }));

describe('faults of providers', () => {
  it.each(PROVIDER_ERROR_KINDS.filter((kind) => kind !== 'cancelled'))(
    'keeps %s and its sentence through the engine’s wrapping',
    (kind) => {
      const message = `1 error occurred:\n\t* creating urn:x::server: [linode/${kind}] The plan is gone. Choose another.\n\nmore`;
      expect(classify({ ...nothing, errors: errors('update failed', message) })).toMatchObject({
        kind,
        provider: 'linode',
        urn: 'urn:x::server',
        message: 'The plan is gone. Choose another.',
      });
    },
  );

  it('reads how long to wait', () => {
    const limited = classify({ ...nothing, errors: errors('[vultr/rate_limited] Too many calls; retry after 2.5 s.') });
    expect(limited).toMatchObject({ kind: 'rate_limited', retryable: true, retryAfterMs: 2_500 });
  });

  it('names the cause, not the calls that were cancelled because of it', () => {
    const evidence = { ...nothing, aborted: true, errors: errors('[vultr/cancelled] Stopped.', '[vultr/quota] The limit is reached.') };
    expect(classify(evidence).kind).toBe('quota');
    expect(classify({ ...evidence, errors: errors('[vultr/cancelled] Stopped.') }).kind).toBe('cancelled');
  });

  it('takes no kind that providers do not have', () => {
    expect(classify({ ...nothing, errors: errors('[vultr/engine_missing] No.') }).kind).toBe('unexpected');
  });
});

describe('faults of the engine and its state', () => {
  it.each([
    ['state_unavailable', true, 'error: [503] The database’s disk is full, so this was not written.'],
    ['engine_crashed', true, 'error: could not load plugin for x: plugin [/bin/x] did not begin responding to RPC connections'],
    [
      'engine_crashed',
      true,
      "error: aws (resource) plugin [aws] did not come alive: failed to handshake with 'aws': rpc error: code = DeadlineExceeded desc = context deadline exceeded",
    ],
    ['replacement_refused', false, 'error: unable to replace resource "urn:x::server"\nas it is currently marked for protection.'],
    ['locked', true, 'error: [409] Another update is in progress: update by otto since 2026-01-01.'],
    ['pending_operations', true, 'error: [409] A former update ended in the middle of creating urn:x::server.'],
    ['state_unavailable', true, 'error: performing HTTP request: Post "http://127.0.0.1:1": dial tcp 127.0.0.1:1: connection refused'],
    [
      'state_unavailable',
      true,
      'error: post-step event returned an error: [403] This update no longer holds the stack: its lease ran out.',
    ],
    ['state_unavailable', true, 'error: [500] The state service failed; its log has the cause.'],
    ['state_unavailable', true, 'error: [503] The database cannot be reached. Nothing is lost; send the same again in a few seconds.'],
    ['state_unavailable', true, 'error: [503] The database did not answer in time. Send the same again in a few seconds.'],
    ['not_found', false, 'error: no stack named "vps-abcd" found'],
    ['unexpected', false, 'error: something new'],
  ])('%s (retryable: %s)', (kind, retryable, output) => {
    const fault = classify({ ...nothing, output });
    expect(fault).toMatchObject({ kind, retryable });
    expect(fault.message).not.toMatch(/^error:/);
  });

  it('tells a killed engine, a missing one and a silent one apart', () => {
    expect(classify({ ...nothing, exitCode: null, exitSignal: 'SIGKILL' })).toMatchObject({ kind: 'engine_crashed', retryable: true });
    expect(classify({ ...nothing, startError: 'cannot run /x/pulumi' })).toMatchObject({ kind: 'engine_missing', retryable: false });
    expect(classify({ ...nothing, exitCode: 7 }).message).toMatch(/exit code 7/);
  });

  it('prefers what says something to what only says that there were errors', () => {
    expect(classify({ ...nothing, errors: errors('update failed', 'the disk is full') }).message).toBe('the disk is full');
  });
});

describe('faults of the program', () => {
  it('shows every problem of a spec, and no stack trace', () => {
    const programError =
      'The spec of VPS abcd cannot be built:\n- compute.plan: no such plan. Choose another.\n- label: too long. Shorten it.';
    expect(classify({ ...nothing, programError })).toMatchObject({
      kind: 'program_error',
      message: `The stack program failed: ${programError}`,
    });
    const unhandled =
      "Running program '/x' failed with an unhandled exception:\n<ref *1> Error: nobody waits\n    at f (/x.ts:1:1)\n{ promise: …";
    expect(classify({ ...nothing, errors: errors(unhandled) }).message).toBe('The stack program failed: nobody waits');
  });

  it('is worth another try only when its process was ended from outside', () => {
    expect(classify({ ...nothing, runnerDeath: 'the runner process ended (SIGKILL)' })).toMatchObject({ retryable: true });
    expect(classify({ ...nothing, programError: 'broken' })).toMatchObject({ retryable: false });
  });

  it('hands on a provider’s fault that the program met', () => {
    expect(classify({ ...nothing, programError: '[linode/credentials] The token was refused.' })).toMatchObject({
      kind: 'credentials',
      provider: 'linode',
    });
  });
});
