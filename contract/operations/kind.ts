/**
 * What the wire and the pages know of a kind of operation: the body that asks for it, what a worker reads and notes of it, and
 * its words. How it is done stands in the file of the same name in server/vps/operations/.
 */
import { z } from 'zod';

export interface KindWords {
  /** As a title: `Reset password`. */
  readonly name: string;
  /** One sentence without a full stop: what it does to a VPS. */
  readonly does: string;
  /** As a button, where its name is no word for customers. */
  readonly verb?: string;
  /** What a menu calls it where its name says too little there. */
  readonly menu?: string;
  /** Above the form that asks for it. */
  readonly lead?: string;
  /** Above the form that asks for it for many. */
  readonly bulkLead?: string;
}

export interface KindContract {
  readonly kind: string;
  readonly words: KindWords;
  /** What a worker reads, as `operation.request` holds it. */
  readonly request: z.ZodObject;
  /** What an attempt notes for the next one, as `operation.progress` holds it. */
  readonly progress: z.ZodObject;
  /** Body of POST /api/vps/:id/actions. Absent: it is asked for elsewhere, or by nobody. */
  readonly action?: z.ZodObject<{ action: z.ZodLiteral<string> }>;
  /** Body of a preview. Absent: there is nothing to preview. */
  readonly change?: z.ZodObject<{ action: z.ZodLiteral<string> }>;
  /** What a bulk run does to each of many. Absent: it is one server's own. */
  readonly bulk?: z.ZodObject<{ action: z.ZodLiteral<string> }>;
  /** It gives the VPS its name: run again, it can be given another. */
  readonly names?: true;
}

export function defineKind<const Kind extends KindContract>(kind: Kind): Kind {
  return kind;
}

/** What every operation's request may hold; what a kind adds stands in its own file. */
export const Requested = z.object({
  generation: z.int().optional(),
  /** What the VPS's spec is once the operation has succeeded, without its user data. Absent: it stays. */
  spec: z.unknown().optional(),
  /** How a change of the spec reaches the server. `update`: the engine alone. `replacement`: by another server. */
  way: z.enum(['update', 'rebuild', 'set-password', 'replacement', 'restore', 'destroy']).optional(),
  /** The engine looks at what the provider has of the stack before it changes anything. */
  looksFirst: z.boolean().optional(),
  /** A person decided what becomes of a server that is gone: the record may forget it, and a new one may be made. */
  lossDecided: z.boolean().optional(),
});
export type Requested = z.infer<typeof Requested>;
export type Way = NonNullable<Requested['way']>;

/** For kinds whose attempts need to know nothing of each other. */
export const NoProgress = z.object({});
/** What was asked of the provider itself is done, and only the engine's part is left. */
export const AtProvider = z.object({ provider: z.literal('done').optional() });
const Power = z.enum(['running', 'stopped']);
/** The power as the first attempt found it, and as the last one left it. */
export const PowerSeen = z.object({ formerPower: Power.optional(), power: Power.optional() });
export type PowerSeen = z.infer<typeof PowerSeen>;
