/**
 * Identity of a cloud object: the tag (or label, or comment) by which a retry finds its own server.
 * A program puts `identityTag(vpsId, generation)` first in `tags`; a stack that does not (foreign
 * programs) gets one derived from the URN, which reads then hide again.
 */
import { createHash } from 'node:crypto';

export const PLINTH_TAG = 'plinth';
/** Of a public key that an account holds once for all servers with it: no single VPS's. */
export const SHARED_KEY_PREFIX = 'plinth-key-shared-';
/**
 * On a server that ran and was switched off for a change of ours: it is owed a start. Set before it is switched off, so that a
 * try after one that was cut short tells it from a server that somebody had stopped.
 */
export const RESTART_TAG = 'plinth-restart';
const VPS_TAG = /^plinth-vps-[a-z0-9]+-g\d+$/;
const URN_TAG = /^plinth-urn-[a-z0-9]{24}$/;

/** 3..50 characters, `[a-z0-9-]` only: legal at every provider. `generation` rises only on an ordered replacement. */
export function identityTag(vpsId: string, generation: number): string {
  return `plinth-vps-${vpsId}-g${generation}`;
}

/** The VPS and generation a tag names, or null. */
export function parseIdentityTag(tag: string): { vpsId: string; generation: number } | null {
  const match = /^plinth-vps-([a-z0-9]+)-g(\d+)$/.exec(tag);
  return match ? { vpsId: match[1]!, generation: Number(match[2]) } : null;
}

/** The marks and tags that a recorded property holds: a list of them, a map by them, or a name or comment that is one. */
export function marksIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((tag) => typeof tag === 'string');
  if (typeof value === 'string') return value.split(/[\s.]+/);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** Whether a tag is one that only Plinth sets, or looks like one. */
export function isOwnTag(tag: string): boolean {
  return tag === PLINTH_TAG || tag.startsWith(`${PLINTH_TAG}-`);
}

/** The tag a create looks for before it makes anything, and whether the caller must add it to the call. */
export function identityOf(urn: string, tags: readonly string[]): { tag: string; added: boolean } {
  const own = tags.find((tag) => VPS_TAG.test(tag));
  if (own) return { tag: own, added: false };
  const digest = createHash('sha256').update(urn).digest('hex').slice(0, 24);
  return { tag: `plinth-urn-${digest}`, added: true };
}

/** Tags as the program wrote them: without those we added ourselves. */
export function visibleTags(tags: readonly string[]): string[] {
  return tags.filter((tag) => !URN_TAG.test(tag) && tag !== RESTART_TAG);
}
