/** Streams that are open in this process: how many a token, an organization and a process may have, and what all of them have in common. */
import type { Response } from 'express';
import { Refusal } from '../problem.ts';
import type { Principal } from '../services.ts';
import type { StreamLeases } from './stream-leases.ts';

/** A reader that is slower than this has lost the thread; it comes back and goes on where it was. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

export class Streams {
  readonly #perToken: number;
  readonly #perProcess: number;
  readonly #leases: StreamLeases | null;
  readonly #open = new Map<string, number>();
  #count = 0;

  /** 0: no limit. `leases` counts an organization's in all processes. */
  constructor(perToken: number, perProcess: number, leases: StreamLeases | null = null) {
    this.#leases = leases;
    this.#perToken = perToken;
    this.#perProcess = perProcess;
  }

  /** Counts one more until the response closes. @throws Refusal 429 or 503 */
  async admit(principal: Principal, response: Response): Promise<void> {
    const { id } = principal.actor;
    const mine = this.#open.get(id) ?? 0;
    const wait = { 'retry-after': '10' };
    if (this.#perToken > 0 && mine >= this.#perToken)
      throw new Refusal(
        429,
        'too_many_streams',
        `This token has ${mine} streams open. Close one first; one stream tells of all changes.`,
        [],
        wait,
      );
    if (this.#perProcess > 0 && this.#count >= this.#perProcess)
      throw new Refusal(503, 'streams_full', 'Too many streams are open here. Try again in a moment, or ask without a stream.', [], wait);
    this.#open.set(id, mine + 1);
    this.#count += 1;
    response.once('close', () => {
      this.#count -= 1;
      const left = (this.#open.get(id) ?? 1) - 1;
      if (left === 0) this.#open.delete(id);
      else this.#open.set(id, left);
    });
    const { organizationId } = principal;
    if (organizationId === null || !this.#leases) return;
    const end = await this.#leases.take(organizationId);
    if (response.closed) end();
    else response.once('close', end);
  }
}

/** The headers of every stream of events. */
export function beginStream(response: Response): void {
  response.status(200);
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-accel-buffering', 'no');
  response.flushHeaders();
}

/** Writes what a slow reader can still take; ends the stream of one that cannot. */
export function tell(response: Response, text: string): void {
  if (text === '' || response.writableEnded) return;
  if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  else response.write(text);
}
