/** What is caught up after Plinth itself stood still: in order, reminders first, and nobody is suspended in the first round. */
import { expect, it } from 'vitest';
import { addDays, instantOf } from '../calendar.ts';
import { DEFAULT_POLICY, type Outage } from '../dunning/policy.ts';
import { nextEvent, type Standing } from './schedule.ts';

const DAY_MS = 86_400_000;
const DUE = '2027-03-10';
const harm = new Set(['suspend', 'terminate', 'destroy']);

/** What happens by itself to an invoice that nobody pays, each as of its instant; `now`: when a round could do it. */
function lived(outage: Outage | null, zone = 'Europe/Berlin'): { readonly event: string; readonly now: Date }[] {
  const done = new Set<string>();
  let status = 'active';
  const happened = [];
  for (;;) {
    const standing: Standing = {
      status,
      interval: 'month',
      zone,
      cancelAtEnd: false,
      endsAt: null,
      startedAt: instantOf('2027-02-10', zone),
      periodEnd: addDays(DUE, 31),
      nextIndex: 2,
      renewal: { index: 1, due: DUE, paid: false, done },
      ending: false,
    };
    const next = nextEvent(standing, DEFAULT_POLICY, outage);
    if (!next || next.event === 'destroy' || done.has(next.event)) return happened;
    const stopped = outage !== null && next.at >= outage.from && next.at <= outage.to;
    happened.push({ event: next.event, now: stopped ? outage.to : next.at });
    done.add(next.event);
    if (next.event === 'suspend') status = 'suspended';
    if (next.event === 'terminate') status = 'terminating';
  }
}

it('is the timetable where nothing stood still', () => {
  expect(lived(null).map(({ event }) => event)).toEqual([
    'remind-7',
    'remind-1',
    'charge-1',
    'overdue',
    'charge-2',
    'charge-3',
    'suspend',
    'charge-4',
    'notice-7',
    'notice-10',
    'notice-16',
    'terminate',
  ]);
});

it('stopped for ten days, at any time: reminders first, three days from them to a suspension, four more to a termination', () => {
  const tried = [];
  for (let hours = -20 * 24; hours <= 20 * 24; hours += 5) {
    const from = new Date(instantOf(DUE, 'Europe/Berlin').getTime() + hours * 3_600_000);
    const outage = { from, to: new Date(from.getTime() + 10 * DAY_MS) };
    const happened = lived(outage);
    const at = (event: string) => happened.find((each) => each.event === event)?.now.getTime() ?? Number.NaN;
    expect(
      happened.map(({ now }) => now.getTime()),
      'in order',
    ).toEqual(happened.map(({ now }) => now.getTime()).toSorted((a, b) => a - b));
    for (const { event, now } of happened) if (harm.has(event)) expect(now.getTime(), event).not.toBe(outage.to.getTime());
    for (const told of ['remind-7', 'remind-1', 'overdue'])
      expect(at('suspend') - at(told), told).toBeGreaterThanOrEqual(2 * DAY_MS - 3_600_000);
    // What was caught up with the first round begins a grace of its own.
    if (at('overdue') === outage.to.getTime()) expect(at('suspend') - at('overdue')).toBeGreaterThanOrEqual(3 * DAY_MS);
    expect(at('terminate') - at('suspend')).toBeGreaterThanOrEqual(4 * DAY_MS);
    tried.push(at('suspend'));
  }
  expect(new Set(tried).size).toBeGreaterThan(20);
});
