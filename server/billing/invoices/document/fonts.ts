/**
 * The fonts of documents: DejaVu for nearly all of Europe's and many other scripts, and for what it lacks (Chinese, Japanese,
 * Korean and the rest) UnifontEX, which has a shape for every character. So no name can fail or vanish.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const REGULAR = 'regular';
export const BOLD = 'bold';
export const WIDE = 'wide';
export type FontName = typeof REGULAR | typeof BOLD | typeof WIDE;

interface ParsedFont {
  hasGlyphForCodePoint(point: number): boolean;
}

const require = createRequire(import.meta.url);
// It has no types of its own; this is all that is asked of it.
const { create } = require('fontkit') as { create(bytes: Buffer): ParsedFont };
const FILES: Readonly<Record<FontName, string>> = {
  regular: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  wide: '@fontsource/unifontex/files/unifontex-latin-400-normal.woff',
};

const bytes = new Map<FontName, Buffer>();
const parsed = new Map<FontName, ParsedFont>();

export function fontBytes(name: FontName): Buffer {
  const known = bytes.get(name) ?? readFileSync(require.resolve(FILES[name]));
  bytes.set(name, known);
  return known;
}

function has(name: FontName, point: number): boolean {
  const font = parsed.get(name) ?? create(fontBytes(name));
  parsed.set(name, font);
  return font.hasGlyphForCodePoint(point);
}

export interface Run {
  readonly font: FontName;
  readonly text: string;
}

/** The text in runs of one font each. What neither has is written as the replacement character. */
export function runsOf(text: string, preferred: typeof REGULAR | typeof BOLD): Run[] {
  const runs: { font: FontName; text: string }[] = [];
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const font: FontName = has(preferred, point) || !has(WIDE, point) ? preferred : WIDE;
    const shown = has(font, point) ? character : '\uFFFD';
    const last = runs.at(-1);
    if (last?.font === font) last.text += shown;
    else runs.push({ font, text: shown });
  }
  return runs;
}
