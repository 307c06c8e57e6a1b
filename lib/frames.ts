/** Messages that each say their length in two bytes first, as DNS over TCP does (RFC 1035, section 4.2.2). */

/** @throws RangeError for one of 64 KiB or more */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Messages out of what TCP brings in pieces. */
export class Frames {
  #held = Buffer.alloc(0);
  add(piece: Buffer): Buffer[] {
    this.#held = Buffer.concat([this.#held, piece]);
    const whole: Buffer[] = [];
    while (this.#held.length >= 2) {
      const end = 2 + this.#held.readUInt16BE(0);
      if (this.#held.length < end) break;
      whole.push(this.#held.subarray(2, end));
      this.#held = this.#held.subarray(end);
    }
    return whole;
  }
}
