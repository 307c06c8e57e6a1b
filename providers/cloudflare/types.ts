/** The parts of Cloudflare's answers that are read. Everything else passes through unseen. */
import { z } from 'zod';

export const ApiRecord = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  type: z.string(),
  content: z.string().nullish(),
  ttl: z.number(),
  proxied: z.boolean().nullish(),
  proxiable: z.boolean().nullish(),
  priority: z.number().nullish(),
  comment: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  data: z.record(z.string(), z.json()).nullish(),
  settings: z.record(z.string(), z.json()).nullish(),
  meta: z.record(z.string(), z.json()).nullish(),
  private_routing: z.boolean().nullish(),
  created_on: z.string(),
  modified_on: z.string(),
  comment_modified_on: z.string().nullish(),
  tags_modified_on: z.string().nullish(),
});
export type ApiRecord = z.infer<typeof ApiRecord>;

export const ApiZone = z.looseObject({
  id: z.string().min(1),
  name: z.string().min(1),
  status: z.string().default('unknown'),
  account: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).optional(),
});
export type ApiZone = z.infer<typeof ApiZone>;

export const ApiToken = z.looseObject({ id: z.string(), status: z.string() });

const Message = z.looseObject({
  code: z.number(),
  message: z.string(),
  error_chain: z.array(z.looseObject({ code: z.number(), message: z.string() })).optional(),
});
/** What Cloudflare itself answers when it refuses; a page of some proxy in between has not this shape. */
export const Failure = z.looseObject({ success: z.literal(false), errors: z.array(Message).min(1) });
