/**
 * Looks at JSON text byte by byte while it arrives: how deep it nests and how much it holds. So a hostile text is refused
 * before a parser makes objects of it.
 */

export interface JsonLimits {
  /** Of text, decompressed. */
  readonly bytes: number;
  /** Objects and lists within each other. */
  readonly depth: number;
  /** Fields of objects and items of lists, all together. */
  readonly members: number;
}

export type JsonExcess = keyof JsonLimits;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const COMMA = 0x2c;

/** Whether the text is JSON at all is the parser's matter. */
export class JsonScan {
  readonly #limits: JsonLimits;
  #bytes = 0;
  #depth = 0;
  #members = 0;
  #inString = false;
  #escaped = false;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The next piece; which limit it breaks, or null. */
  push(piece: Uint8Array): JsonExcess | null {
    this.#bytes += piece.length;
    if (this.#bytes > this.#limits.bytes) return 'bytes';
    let [depth, members, inString, escaped] = [this.#depth, this.#members, this.#inString, this.#escaped];
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === COMMA) members++;
      else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
        // Its first member; each further one has a comma.
        members++;
        if (++depth > this.#limits.depth) return 'depth';
      } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth--;
    }
    [this.#depth, this.#members, this.#inString, this.#escaped] = [depth, members, inString, escaped];
    return members > this.#limits.members ? 'members' : null;
  }
}
