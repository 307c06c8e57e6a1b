/** A brand's colours as a stylesheet, in both themes, with contrast that everybody can read. */
import type { Brand } from '../../../contract/brand.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The surfaces of the two themes on which the accent is text. */
const LIGHT: Rgb = WHITE;
const DARK: Rgb = [21, 27, 31];
/** Above the 4.5 of WCAG, as the accent also stands on a soft tint of itself. */
const LEAST = 6;
const CORNERS: Readonly<Record<Brand['shape'], string>> = { sharp: '0.125rem', soft: '0.5rem', round: '1rem' };

export function styleOf({ accent, shape, font }: Brand): string {
  const parts = [`:root:root { --corner: ${CORNERS[shape]}; ${font === null ? '' : `--brand-font: ${font}, ui-sans-serif, sans-serif;`} }`];
  if (accent !== null) {
    const rgb = parse(accent);
    parts.push(`:root:root { ${rules(readable(rgb, LIGHT, BLACK), '12%')} }`, `.dark.dark { ${rules(readable(rgb, DARK, WHITE), '20%')} }`);
  }
  return `${parts.join('\n')}\n`;
}

function rules(accent: Rgb, tint: string): string {
  const ink = contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK;
  return `--accent: ${hex(accent)}; --accent-ink: ${hex(ink)}; --accent-soft: color-mix(in srgb, ${hex(accent)} ${tint}, var(--surface));`;
}

/** The colour itself, or the nearest towards `end` that can be read on `ground`. */
export function readable(colour: Rgb, ground: Rgb, end: Rgb): Rgb {
  for (let step = 0; step <= 20; step += 1) {
    const mixed = colour.map((part, index) => Math.round(part + ((end[index]! - part) * step) / 20)) as unknown as Rgb;
    if (contrast(mixed, ground) >= LEAST) return mixed;
  }
  return end;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2's relative luminance. */
function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export const parse = (colour: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as unknown as Rgb;
const hex = (colour: Rgb): string => `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
