/** The simulated providers, looked into and broken from the dashboard, on the wire. Never in production mode. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';

const SimulatedProvider = z.string().regex(/^[a-z0-9-]{1,50}$/, 'use the id of a provider of the simulator');
const ObjectId = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'use the id that the simulator shows');

export const FAULT_SWITCHES = ['status', 'timeout', 'cut', 'malformed', 'lost-answer', 'delay', 'vanish', 'hold', 'flag'] as const;

export const SimulatorFaultCreate = z.strictObject({
  provider: SimulatedProvider,
  kind: z.enum(FAULT_SWITCHES),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  /** Regular expression on the path below the provider's base. */
  path: z.string().max(500).optional(),
  /** How many calls it hits; null = until it is removed. */
  times: z.int().positive().max(1_000_000).nullable().optional(),
  /** Of `status`. */
  status: z.int().min(300).max(599).optional(),
  /** Of `delay`: milliseconds. */
  ms: z.int().min(0).max(600_000).optional(),
  /** Of `hold`: before the call is run, or after it with its answer withheld. */
  when: z.enum(['before', 'after']).optional(),
  /** Of `flag`: a condition that the provider's routes look at. */
  flag: z.string().min(1).max(100).optional(),
  /** Of `vanish`: what has this text in its label, name, tags or comment is gone. */
  match: z.string().min(1).max(200).optional(),
});
export const SimulatorFault = z.strictObject({
  id: z.string(),
  provider: z.string(),
  kind: z.string(),
  method: z.string().nullable(),
  path: z.string().nullable(),
  /** Calls it will still hit; null = until it is removed. */
  times: z.int().nullable(),
  hits: z.int(),
  /** Its number, milliseconds, flag or text, for a person. */
  detail: z.string(),
});
export type SimulatorFault = z.infer<typeof SimulatorFault>;

export const SimulatorState = z.strictObject({
  /** Times as fast as the real clouds. */
  speed: z.number(),
  providers: z.array(z.strictObject({ id: z.string(), instances: z.int(), records: z.int(), accounts: z.int() })),
  faults: z.array(SimulatorFault),
});
export const SimulatorInstances = z.strictObject({
  instances: z.array(
    z.strictObject({
      provider: z.string(),
      id: z.string(),
      label: z.string(),
      status: z.string(),
      region: z.string(),
      plan: z.string(),
      image: z.string(),
      ipv4: z.string(),
      tags: z.array(z.string()),
    }),
  ),
});
export const SimulatorRecords = z.strictObject({
  records: z.array(
    z.strictObject({
      provider: z.string(),
      zone: z.string(),
      name: z.string(),
      type: z.string(),
      content: z.string(),
      comment: z.string().nullable(),
    }),
  ),
});
export const SimulatorRequests = z.strictObject({
  requests: z.array(
    z.strictObject({
      at: Timestamp,
      provider: z.string(),
      method: z.string(),
      path: z.string(),
      /** 0: the client got no answer. */
      status: z.int(),
      ms: z.number(),
      /** The switch that hit it. */
      fault: z.string().nullable(),
    }),
  ),
});
export const SimulatorRequestQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  provider: SimulatedProvider.optional(),
});

export const SimulatorInstanceParams = z.strictObject({ provider: SimulatedProvider, id: ObjectId });
/** What somebody does in the vendor's console, behind Plinth's back. */
export const SimulatorChange = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('remove') }),
  z.strictObject({ change: z.literal('power'), power: z.enum(['on', 'off']) }),
  z.strictObject({ change: z.literal('rename'), label: z.string().min(1).max(200) }),
  z.strictObject({ change: z.literal('resize'), plan: z.string().min(1).max(200) }),
]);
export const SimulatorStock = z.strictObject({
  provider: SimulatedProvider,
  plan: z.string().min(1).max(200),
  region: z.string().min(1).max(200),
  available: z.boolean(),
});
export const SimulatorFaultParams = z.strictObject({ id: ObjectId });
