/** Words of the pages, by ICU MessageFormat: each part of the pages brings its own in every language. */
import { formatLocale, type Language, languageNow, useLanguage } from './language.ts';

export type Values = Readonly<Record<string, string | number>>;
/** `t('servers', { n: 3 })`. */
export type Say<Key extends string> = (key: Key, values?: Values) => string;

export interface Words<Key extends string> {
  /** In a component, which is drawn anew when the language changes. */
  use(): Say<Key>;
  /** Elsewhere: in the language of now. */
  say: Say<Key>;
  readonly all: Readonly<Record<Language, Readonly<Record<Key, string>>>>;
}

interface Message {
  format(values?: Values): unknown;
}
const made = new Map<string, Message>();
let parse: ((message: string, locale: string) => Message) | undefined;

/** Who has plurals and choices in its words brings the parser (icu.ts); plain values need none, and the desk has none. */
export function setParser(parser: (message: string, locale: string) => Message): void {
  parse = parser;
}
const PLAIN = /^(?:[^{}]|\{\w+\})*$/;

function format(language: Language, message: string, values: Values | undefined): string {
  if (!message.includes('{')) return message;
  if (PLAIN.test(message)) return message.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values?.[name] ?? ''));
  if (!parse) throw new Error(`This message has a choice or a plural, and these pages brought no parser for it: ${message}`);
  const key = `${language} ${message}`;
  let parsed = made.get(key);
  if (!parsed) made.set(key, (parsed = parse(message, formatLocale())));
  return String(parsed.format(values));
}

/** The keys of English are the keys of all. */
export function defineWords<const En extends Readonly<Record<string, string>>>(
  en: En,
  de: Readonly<Record<keyof En & string, string>>,
): Words<keyof En & string> {
  const all = { en, de } as Words<keyof En & string>['all'];
  const sayer: Readonly<Record<Language, Say<keyof En & string>>> = {
    en: (key, values) => format('en', all.en[key], values),
    de: (key, values) => format('de', all.de[key], values),
  };
  return { use: () => sayer[useLanguage()], say: (key, values) => sayer[languageNow()](key, values), all };
}
