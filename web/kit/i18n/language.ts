/** In which language the pages speak. The desk stays with English; the portal sets the person's. */
import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from '../lib/storage.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
const KEY = 'plinth.language';

let present: Language = 'en';
/** None where words are read outside of a browser. */
const page = globalThis as { document?: { documentElement: { setAttribute(name: string, value: string): void } } };
const listeners = new Set<() => void>();

export const languageNow = (): Language => present;
export const isLanguage = (text: unknown): text is Language => LANGUAGES.includes(text as Language);

export function setLanguage(next: Language, { keep = false }: { keep?: boolean } = {}): void {
  if (keep) writeStored(KEY, next);
  if (next === present) return;
  present = next;
  page.document?.documentElement.setAttribute('lang', next);
  for (const listener of listeners) listener();
}

/** What was chosen in this browser, else the first of its languages that there is. */
export function preferredLanguage(): Language {
  const stored = readStored(KEY);
  if (isLanguage(stored)) return stored;
  return navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage) ?? 'en';
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useLanguage = (): Language => useSyncExternalStore(subscribe, languageNow);

/** A browser on a machine without a language of its own says `en-US@posix`, which nothing can format by. */
function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

/** The tag for numbers and dates: the browser's own kind of the language where it has one. */
export function formatLocale(): string {
  const own = globalThis.navigator?.languages?.find((each) => each.slice(0, 2).toLowerCase() === present && isTag(each));
  return own ?? (present === 'de' ? 'de-DE' : 'en-GB');
}
