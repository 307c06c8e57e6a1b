/** A text screen of 80 by 25 cells, as a server without a desktop shows it: what is written on it, and its picture. */
import { GLYPH, rowsOf } from './font.ts';

const COLUMNS = 80;
const LINES = 25;
const CELL = { width: GLYPH.width + 1, height: GLYPH.height + 2 } as const;
export const SIZE = { width: COLUMNS * CELL.width, height: LINES * CELL.height } as const;

/** How a viewer wants its colours; RFC 6143, 7.4. */
export interface PixelFormat {
  readonly bytes: 1 | 2 | 4;
  readonly bigEndian: boolean;
  /** The greatest value and the place of each colour. */
  readonly colours: readonly { readonly max: number; readonly shift: number }[];
}

/** Rows of the picture, over its whole width. */
export interface Band {
  readonly y: number;
  readonly height: number;
  readonly pixels: Buffer;
}

const PAPER = 0;
/** Somewhat grey, as such screens are. */
const INK = 0.8;

export class Screen {
  readonly #lines: string[] = Array.from({ length: LINES }, () => '');
  readonly #changed = new Set<number>();
  #line = 0;
  #column = 0;

  /** Letters, and what `\r`, `\n` and `\b` do. */
  write(text: string): void {
    for (const letter of text) {
      this.#changed.add(this.#line);
      if (letter === '\r') this.#column = 0;
      else if (letter === '\n') this.#next();
      else if (letter === '\b') this.#column = Math.max(0, this.#column - 1);
      else this.#put(letter);
    }
    this.#changed.add(this.#line);
  }

  /** What was changed since it was asked last; `all` for the whole. */
  bands(all: boolean, format: PixelFormat): Band[] {
    const lines = all ? this.#lines.map((_, line) => line) : [...this.#changed].toSorted((a, b) => a - b);
    this.#changed.clear();
    return lines.map((line) => ({ y: line * CELL.height, height: CELL.height, pixels: this.#picture(line, format) }));
  }

  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  #put(letter: string): void {
    if (this.#column === COLUMNS) {
      this.#column = 0;
      this.#next();
    }
    const line = this.#lines[this.#line]!.padEnd(COLUMNS);
    this.#lines[this.#line] = line.slice(0, this.#column) + letter + line.slice(this.#column + 1);
    this.#column += 1;
  }

  #next(): void {
    if (this.#line < LINES - 1) {
      this.#line += 1;
      this.#changed.add(this.#line);
      return;
    }
    this.#lines.shift();
    this.#lines.push('');
    for (let line = 0; line < LINES; line += 1) this.#changed.add(line);
  }

  #picture(line: number, format: PixelFormat): Buffer {
    const [ink, paper] = [pixelOf(INK, format), pixelOf(PAPER, format)];
    const stride = SIZE.width * format.bytes;
    const picture = Buffer.alloc(stride * CELL.height, paper);
    const dot = (x: number, y: number): void => void ink.copy(picture, y * stride + x * format.bytes);
    for (const [column, letter] of [...this.#lines[line]!].entries()) {
      if (letter === ' ') continue;
      for (const [y, bits] of rowsOf(letter).entries())
        for (let x = 0; x < GLYPH.width; x += 1) if (bits & (1 << (GLYPH.width - 1 - x))) dot(column * CELL.width + x, y + 1);
    }
    if (line === this.#line)
      for (let x = 0; x < GLYPH.width; x += 1) dot(Math.min(this.#column, COLUMNS - 1) * CELL.width + x, CELL.height - 1);
    return picture;
  }
}

function pixelOf(light: number, { bytes, bigEndian, colours }: PixelFormat): Buffer {
  // A viewer may ask for more than fits.
  const value = colours.reduce((sum, { max, shift }) => sum + Math.round(light * max) * 2 ** shift, 0) % 2 ** (8 * bytes);
  const pixel = Buffer.alloc(bytes);
  if (bigEndian) pixel.writeUIntBE(value, 0, bytes);
  else pixel.writeUIntLE(value, 0, bytes);
  return pixel;
}
