import { describe, expect, it } from 'vitest';
import { blindSecrets, EventTranslator, pathSegments, propertyChanges, urnName } from './events.ts';
import { Redactor } from './redact.ts';
import type { EngineEvent } from './types.ts';

const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: '[secret]' };
const URN = 'urn:pulumi:vps-a::plinth::plinth:index:CustomerVps$linode:index/instance:Instance::vps-instance';

type Raw = Parameters<EventTranslator['handle']>[0];
const metadata = (op: string, more: object = {}): any => ({
  op,
  urn: URN,
  type: 'linode:index/instance:Instance',
  new: { custom: true, inputs: {}, outputs: {} },
  old: { custom: true, inputs: {}, outputs: {} },
  ...more,
});

function follow(raws: object[], ...secrets: string[]): { translator: EventTranslator; events: EngineEvent[] } {
  const events: EngineEvent[] = [];
  const redactor = new Redactor();
  redactor.add(...secrets);
  const translator = new EventTranslator(redactor, (event) => events.push(event));
  for (const raw of raws) translator.handle(raw as Raw);
  return { translator, events };
}

describe('translation', () => {
  it('tells the steps that matter, in order, and what changed', () => {
    const changed = metadata('update', {
      old: { custom: true, inputs: { label: 'a' }, outputs: { label: 'a' } },
      new: { custom: true, inputs: { label: 'b' }, outputs: {} },
      detailedDiff: { label: { diffKind: 'update', inputDiff: true } },
    });
    const { translator, events } = follow([
      { preludeEvent: { config: {} } },
      { resourcePreEvent: { metadata: metadata('same') } },
      { resourcePreEvent: { metadata: changed } },
      { resOutputsEvent: { metadata: changed } },
      { summaryEvent: { resourceChanges: { update: 1, same: 3 }, durationSeconds: 1 } },
    ]);
    expect(events.map((event) => event.type)).toEqual(['started', 'step-started', 'step-finished', 'finished']);
    expect(translator.steps).toMatchObject([
      { op: 'update', name: 'vps-instance', changed: [{ path: 'label', kind: 'update', before: 'a', after: 'b', replaces: false }] },
    ]);
    expect(translator.changes).toEqual({ update: 1, same: 3 });
  });

  it('knows while a provider works', () => {
    const { translator } = follow([{ resourcePreEvent: { metadata: metadata('create') } }]);
    expect(translator.stepInFlight).toBe(true);
    translator.handle({ resOpFailedEvent: { metadata: metadata('create'), status: 1, steps: 1 } } as unknown as Raw);
    expect(translator.stepInFlight).toBe(false);
    expect(translator.failedSteps).toEqual([{ op: 'create', urn: URN }]);
  });

  it('leaves out the stack, provider configurations and components', () => {
    const quiet = ['pulumi:pulumi:Stack', 'pulumi:providers:linode'].map((type) => metadata('create', { type }));
    quiet.push(metadata('create', { new: { custom: false } }));
    const { events, translator } = follow(
      quiet.flatMap((each) => [{ resourcePreEvent: { metadata: each } }, { resOutputsEvent: { metadata: each } }]),
    );
    expect([events, translator.steps]).toEqual([[], []]);
  });

  it('counts a refresh that found nothing new as no change', () => {
    expect(follow([{ resOutputsEvent: { metadata: metadata('refresh') } }]).translator.steps).toEqual([]);
  });

  it('does not break on events it does not know', () => {
    const { events } = follow([{}, { somethingNewEvent: {} }, { resourcePreEvent: { metadata: metadata('something-new') } }]);
    expect(events).toEqual([]);
  });
});

describe('messages', () => {
  it('have neither colour marks nor stack frames, and transient ones are progress', () => {
    const { events, translator } = follow([
      { diagnosticEvent: { severity: 'error', message: '<{%fg 1%}>it broke\n    at f (/home/x.ts:1:1)\n<{%reset%}>', urn: URN } },
      { diagnosticEvent: { severity: 'info', message: 'the server boots', ephemeral: true } },
      { diagnosticEvent: { severity: 'debug', message: 'noise' } },
      { diagnosticEvent: { severity: 'info#err', message: 'a line' } },
      { diagnosticEvent: { severity: 'info', message: '  ' } },
    ]);
    expect(events).toMatchObject([
      { type: 'diagnostic', severity: 'error', message: 'it broke', urn: URN },
      { type: 'progress', message: 'the server boots', urn: null },
      { type: 'diagnostic', severity: 'info', message: 'a line' },
    ]);
    expect(translator.errors).toEqual([{ message: 'it broke', urn: URN }]);
  });

  it('never carry a known secret, plain, in JSON or in a URL', () => {
    const secret = 'pass"word/1';
    const message = `refused ${secret} ${JSON.stringify(secret)} ${encodeURIComponent(secret)}`;
    const { events, translator } = follow([{ diagnosticEvent: { severity: 'error', message } }], secret);
    for (const text of [JSON.stringify(events), JSON.stringify(translator.errors)]) expect(text).not.toMatch(/pass.{0,4}word/);
  });
});

describe('properties', () => {
  it('are blinded at any depth', () => {
    expect(blindSecrets({ a: [{ b: SECRET }], c: 'x'.repeat(3_000) })).toEqual({
      a: [{ b: '[secret]' }],
      c: expect.stringMatching(/^x{2000}… \(3000 characters\)$/),
    });
  });

  it('are blinded below a secret, whatever the path', () => {
    const changes = propertyChanges(
      metadata('update', {
        old: { custom: true, inputs: { box: SECRET }, outputs: {} },
        new: { custom: true, inputs: { box: SECRET }, outputs: {} },
        detailedDiff: { 'box.password': { diffKind: 'update-replace', inputDiff: true } },
      }),
    );
    expect(changes).toEqual([{ path: 'box.password', kind: 'update', replaces: true, before: '[secret]', after: '[secret]' }]);
  });

  it.each([
    ['tags[0]', ['tags', '0']],
    ['a.b', ['a', 'b']],
    ['map["x.y"].z', ['map', 'x.y', 'z']],
    ['map["say \\"hi\\""]', ['map', 'say "hi"']],
  ])('path %s', (path, segments) => expect(pathSegments(path)).toEqual(segments));

  it('names of URNs', () => expect(urnName(URN)).toBe('vps-instance'));
});
