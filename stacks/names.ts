/**
 * The one rule for names that a person gives: host names, DNS names and zones, whatever way they come in. Pure.
 *
 * A name leaves here as DNS has it: ASCII (RFC 5890), lower case, without a final dot.
 */
import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { asciiHost, isReservedHost } from '../components/names.ts';

export type CheckedName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly rule: string; readonly remedy: string };

/** Every level is one question to the DNS provider. */
const MAX_LEVELS = 5;
const EXAMPLE = 'web-1.example.com';
/** Scripts that one language writes together (Unicode TS 39, "highly restrictive", without Latin). */
const TOGETHER: readonly ReadonlySet<string>[] = [
  new Set(['Han', 'Hiragana', 'Katakana']),
  new Set(['Han', 'Bopomofo']),
  new Set(['Han', 'Hangul']),
];
const SCRIPTS = [
  'Latin Greek Cyrillic Armenian Hebrew Arabic Devanagari Bengali Tamil Thai Georgian',
  'Han Hiragana Katakana Hangul Bopomofo',
]
  .flatMap((line) => line.split(' '))
  .map((name) => ({ name, letters: new RegExp(`\\p{Script=${name}}`, 'u') }));
/** Labels of letters that all look like Latin ones, as browsers judge them (Chromium, idn_spoof_checker.cc). */
const LOOKS_LATIN = /^(?:[\d-]|[аысԁеԍһіюјӏорԗԛѕԝхуъьҽпгѵѡ])+$|^(?:[\d-]|[αικνρυωηοτ])+$/u;

/** A host name or zone: one label or several. */
export function checkedHost(text: string): CheckedName {
  const bare = text.replace(/\.$/, '');
  const broken = spelling(bare);
  if (broken !== null) return broken;
  const name = asciiHost(bare);
  if (name === null) {
    const rule = 'is not a host name: parts of 1 to 63 letters, digits and inner hyphens, 253 characters in all, not ending in a number';
    return refused(rule, `Use a name such as web-1 or ${EXAMPLE}.`);
  }
  for (const label of name.split('.')) {
    const wrong = labelProblem(label);
    if (wrong !== null) return wrong;
  }
  if (isReservedHost(name)) return refused('is reserved: it means the machine itself or can never be public', 'Choose another name.');
  return { ok: true, name };
}

/**
 * The full name of what was given for a zone: one label goes below the zone; a name with dots must end in it.
 * @param zone as `checkedHost` leaves it
 */
export function nameInZone(given: string, zone: string): CheckedName {
  if (given === '@') return apex(zone);
  const checked = checkedHost(given);
  if (!checked.ok) return checked;
  const { name: host } = checked;
  if (host === zone) return apex(zone);
  if (host.includes('.') && !host.endsWith(`.${zone}`))
    return refused(`is not in the zone ${zone}`, `Use one label, or a name that ends in .${zone}.`);
  const name = host.includes('.') ? host : `${host}.${zone}`;
  if (name.length > 253) return refused('is longer than 253 characters with its zone', 'Use a shorter name.');
  if (levelsOf(name, zone) > MAX_LEVELS) return refused(`has more than ${MAX_LEVELS} parts below its zone`, 'Use a shorter name.');
  return { ok: true, name };
}

/** The names between this one and its zone, nearest first: `a.b.zone` has `b.zone`. */
export function parentsOf(name: string, zone: string): string[] {
  const labels = name.split('.').slice(0, levelsOf(name, zone));
  return labels.slice(1).map((_, index) => `${labels.slice(index + 1).join('.')}.${zone}`);
}

/** The label next to the zone: `b` of `a.b.zone`. */
export function topLabel(name: string, zone: string): string {
  return name.split('.').at(-zone.split('.').length - 1)!;
}

/** Of zones that hold each other, a name belongs to the longest. */
export function longestZone(name: string, zones: readonly string[]): string | undefined {
  return zones.filter((zone) => name === zone || name.endsWith(`.${zone}`)).toSorted((a, b) => b.length - a.length)[0];
}

function levelsOf(name: string, zone: string): number {
  return name.split('.').length - zone.split('.').length;
}

function spelling(bare: string): CheckedName | null {
  if (isIP(bare) !== 0 || /^[0-9a-f.:]*:[0-9a-f.:]*$/i.test(bare)) return address();
  if (bare.includes('*')) return refused('is a wildcard: a VPS has one name', `Use a name such as ${EXAMPLE}.`);
  if (bare === '@') return refused('is the zone itself', `Use a name below it, such as ${EXAMPLE}.`);
  if (bare.includes('_')) return refused('has an underscore, which names services and not hosts', 'Use hyphens.');
  const last = bare.split('.').at(-1)!;
  return /^\p{Nd}+$/u.test(last) && bare.includes('.') ? address() : null;
}

function labelProblem(label: string): CheckedName | null {
  if (!/^..--/.test(label)) return null;
  if (!label.startsWith('xn--')) return refused('has hyphens in third and fourth place, which are set aside', 'Leave one of them out.');
  const letters = domainToUnicode(label);
  // What decodes to ASCII, or not at all, only looks like another name.
  if (letters === '' || letters === label || domainToASCII(letters) !== label)
    return refused(`"${label}" is not valid punycode`, 'Write the name in its own letters.');
  if (LOOKS_LATIN.test(letters)) return refused(`"${label}" looks like a name in Latin letters`, 'Use letters a-z.');
  const scripts = SCRIPTS.filter((script) => script.letters.test(letters)).map(({ name }) => name);
  if (scripts.length < 2 || TOGETHER.some((set) => scripts.every((script) => set.has(script)))) return null;
  return refused(`"${label}" mixes letters of ${scripts.join(' and ')}, so it can look like another name`, 'Use letters of one script.');
}

function address(): CheckedName {
  return refused('looks like an IP address', `Use a name, for example ${EXAMPLE}.`);
}

function apex(zone: string): CheckedName {
  return refused('is the zone itself', `Use a name below it, for example web-1.${zone}.`);
}

function refused(rule: string, remedy: string): CheckedName {
  return { ok: false, rule, remedy };
}
