/** What the words of a mail are, and the languages that there are. */
export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];
export type Data = Readonly<Record<string, string>>;

export interface Words {
  readonly subject: (data: Data) => string;
  readonly lines: (data: Data) => readonly string[];
  /** Of the link, where there is one. */
  readonly action?: string;
}
