/** What the mails about tickets and planned work say, in English and German. Times come as they are read there. */
import type { SUPPORT_KINDS } from '../../../contract/notification.ts';
import type { Locale, Words } from './words-shape.ts';

type Kind = (typeof SUPPORT_KINDS)[number];

const en: Readonly<Record<Kind, Words>> = {
  'ticket-answered': {
    subject: ({ number, title }) => `An answer in ticket ${number}: ${title}`,
    lines: ({ number, text }) => [`There is an answer to your ticket ${number}:`, `${text}`],
    action: 'Read and answer',
  },
  'ticket-waiting': {
    subject: ({ number, title }) => `Ticket ${number} waits: ${title}`,
    lines: ({ number, text, author }) => [`${author} wrote in ticket ${number}:`, `${text}`],
    action: 'Answer',
  },
  'maintenance-planned': {
    subject: ({ title }) => `Planned work: ${title}`,
    lines: ({ text, from, until, servers }) => [`From ${from} until ${until} there is planned work on ${servers}.`, `${text}`],
    action: 'See it',
  },
  'maintenance-changed': {
    subject: ({ title }) => `Planned work has changed: ${title}`,
    lines: ({ text, from, until, servers }) => [`The planned work on ${servers} is now from ${from} until ${until}.`, `${text}`],
    action: 'See it',
  },
  'maintenance-cancelled': {
    subject: ({ title }) => `Planned work is called off: ${title}`,
    lines: ({ from, servers }) => [`The work on ${servers} that was planned for ${from} will not take place.`],
  },
};

const de: Readonly<Record<Kind, Words>> = {
  'ticket-answered': {
    subject: ({ number, title }) => `Antwort in Ticket ${number}: ${title}`,
    lines: ({ number, text }) => [`Zu Ihrem Ticket ${number} gibt es eine Antwort:`, `${text}`],
    action: 'Lesen und antworten',
  },
  'ticket-waiting': {
    subject: ({ number, title }) => `Ticket ${number} wartet: ${title}`,
    lines: ({ number, text, author }) => [`${author} schrieb in Ticket ${number}:`, `${text}`],
    action: 'Antworten',
  },
  'maintenance-planned': {
    subject: ({ title }) => `Geplante Arbeiten: ${title}`,
    lines: ({ text, from, until, servers }) => [`Von ${from} bis ${until} finden geplante Arbeiten statt an: ${servers}.`, `${text}`],
    action: 'Ansehen',
  },
  'maintenance-changed': {
    subject: ({ title }) => `Geplante Arbeiten geändert: ${title}`,
    lines: ({ text, from, until, servers }) => [`Die geplanten Arbeiten an ${servers} sind nun von ${from} bis ${until}.`, `${text}`],
    action: 'Ansehen',
  },
  'maintenance-cancelled': {
    subject: ({ title }) => `Geplante Arbeiten abgesagt: ${title}`,
    lines: ({ from, servers }) => [`Die für ${from} geplanten Arbeiten an ${servers} finden nicht statt.`],
  },
};

export const SUPPORT_WORDS: Readonly<Record<Locale, Readonly<Record<Kind, Words>>>> = { en, de };
