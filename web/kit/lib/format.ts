/** Numbers and times as people read them, in the language of the pages. */
import { formatLocale } from '../i18n/language.ts';

/** Formatters are made once for each language. */
function perLanguage<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const locale = formatLocale();
    if (!made.has(locale)) made.set(locale, make(locale));
    return made.get(locale)!;
  };
}
const relative = perLanguage((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }));
const exact = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }));
const short = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }));
const clock = perLanguage((locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }));
const day = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));
const STEPS: readonly [limitS: number, unitS: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [7 * 86_400, 86_400, 'day'],
];

/** "3 min ago" within a week, then the date. */
export function relativeTime(at: Date, now: Date = new Date()): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  if (Math.abs(seconds) < 3) return relative().format(0, 'second');
  const step = STEPS.find(([limit]) => Math.abs(seconds) < limit);
  return step ? relative().format(Math.trunc(seconds / step[1]), step[2]) : short().format(at);
}

/** With weekday, seconds and zone. */
export function exactTime(at: Date): string {
  return exact().format(at);
}

export function clockTime(at: Date): string {
  return clock().format(at);
}

/** "3 Feb 2027, 14:05". */
export function momentOf(at: Date): string {
  return short().format(at);
}

/** "3 Feb 2027". */
export function dayOf(at: Date): string {
  return day().format(at);
}

/** 850 ms, 4.2 s, 3 min 05 s, 2 h 07 min. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

export function memory(mb: number): string {
  return mb < 1024 ? `${mb} MB` : `${Number((mb / 1024).toFixed(1))} GB`;
}

/** `null`: not for this reader. */
export function money(amount: string | number | null, currency: string): string {
  if (amount === null) return '–';
  try {
    return new Intl.NumberFormat(formatLocale(), { style: 'currency', currency }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`;
  }
}

/** Of one unit, which may cost less than the smallest coin. */
export function unitMoney(amount: string, currency: string): string {
  return new Intl.NumberFormat(formatLocale(), { style: 'currency', currency, maximumFractionDigits: 8 }).format(Number(amount));
}

export function count(n: number): string {
  return new Intl.NumberFormat(formatLocale()).format(n);
}

/** "1 VPS", "3 VPSes". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
