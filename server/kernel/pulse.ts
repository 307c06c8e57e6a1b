/**
 * Whether this worker may still change anything at a provider. One that was paused, or cut off from the database, for longer
 * than its leases last must suppose that others have taken over: what it would buy now, they have bought already.
 */
/** Well within the ten heartbeats after which others take over. */
const SILENT_BEATS = 8;

export class Pulse {
  readonly #limitMs: number;
  #last = performance.now();
  #operations = 0;

  constructor(heartbeatMs: number) {
    this.#limitMs = SILENT_BEATS * heartbeatMs;
  }

  /** An operation begins, freshly claimed; call the answer when it ends. */
  begin(): () => void {
    // Between operations nothing beats; the first claim is a sign of life by itself.
    if (this.#operations++ === 0) this.#last = performance.now();
    return () => void (this.#operations -= 1);
  }

  /** A heartbeat that began at `at` (performance.now()) was recorded. */
  felt(at: number): void {
    this.#last = Math.max(this.#last, at);
  }

  /** Why nothing may be changed now, or null. */
  forbidden(): string | null {
    const silentMs = performance.now() - this.#last;
    if (this.#operations === 0 || silentMs <= this.#limitMs) return null;
    return `this worker was paused or cut off from its database for ${Math.round(silentMs / 1000)} s, so another may have taken over.`;
  }
}
