import { describe, expect, it } from 'vitest';
import { type Connection, type EventSourceLike, followEvents, readEvents } from './event-stream.ts';

const event = (seq: number, type = 'progress') => ({ operation_id: 'x', seq, type, data: { seq }, at: '2026-01-01T00:00:00Z' }) as never;
const frame = (seq: number, type = 'progress'): string => `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(event(seq, type))}\n\n`;

/** A body that gives its pieces one by one and then ends. */
function bodyOf(...pieces: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
}

async function follow(source: EventSourceLike) {
  const seen: number[] = [];
  const states: Connection[] = [];
  await followEvents(source, {
    signal: AbortSignal.timeout(5_000),
    onEvents: (events) => seen.push(...events.map(({ seq }) => seq)),
    onConnection: (state) => states.push(state),
    retryMs: 1,
    pollMs: 1,
  });
  return { seen, states };
}
const never = () => Promise.reject(new Error('not expected'));

describe('readEvents', () => {
  it('finds events wherever the chunks are cut', async () => {
    const text = `: still here\n\n${frame(1)}${frame(2).replaceAll('\n', '\r\n')}${frame(3)}`;
    for (const at of [1, 7, 40, 95, text.length - 2]) {
      const seqs: number[] = [];
      for await (const each of readEvents(bodyOf(text.slice(0, at), text.slice(at)), AbortSignal.timeout(1_000))) seqs.push(each.seq);
      expect([at, seqs]).toEqual([at, [1, 2, 3]]);
    }
  });
});

describe('followEvents', () => {
  it('goes on after the last number seen, and hands on nothing twice', async () => {
    const asked: number[] = [];
    const answers = [bodyOf(frame(1), frame(2)), bodyOf(frame(2), frame(3)), bodyOf(frame(3), frame(4), frame(5, 'succeeded'))];
    const { seen, states } = await follow({
      open: (last) => {
        asked.push(last);
        return Promise.resolve(answers.shift()!);
      },
      poll: never,
    });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([0, 2, 3]);
    expect(states.at(-1)).toBe('ended');
  });

  it('polls when no stream can be had, and says so', async () => {
    const polls = [
      { events: [event(1)], ended: false },
      { events: [event(1), event(2, 'failed')], ended: true },
    ];
    const { seen, states } = await follow({
      open: () => Promise.reject(new TypeError('cut')),
      poll: () => Promise.resolve(polls.shift()!),
    });
    expect(seen).toEqual([1, 2]);
    expect(states).toContain('polling');
  });

  it('does not insist on what is gone', async () => {
    const gone = Object.assign(new Error('gone'), { status: 404 });
    await expect(follow({ open: () => Promise.reject(gone), poll: never })).rejects.toBe(gone);
  });
});
