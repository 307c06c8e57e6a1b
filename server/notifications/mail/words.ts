/** What the mails say, in English and German. HTML and text are made of these same lines. */
import type { MONEY_KINDS, SUPPORT_KINDS } from '../../../contract/notification.ts';
import type { MailKind } from '../../kernel/mail.ts';
import { MONEY_WORDS } from './money-words.ts';
import { SUPPORT_WORDS } from './support-words.ts';
import { LOCALES, type Locale, type Words } from './words-shape.ts';

type Others = Exclude<MailKind, (typeof MONEY_KINDS)[number] | (typeof SUPPORT_KINDS)[number]>;

const en: Readonly<Record<Others, Words>> = {
  'verify-address': {
    subject: () => 'Confirm your address',
    lines: () => [
      'Open this link within a day to confirm that this address is yours.',
      'If you did not sign up, do nothing: the address stays unused.',
    ],
    action: 'Confirm the address',
  },
  'address-taken': {
    subject: () => 'You have an account already',
    lines: () => [
      'Somebody tried to sign up with this address. There is a user with it already.',
      'If it was you, sign in; a forgotten password can be set anew there. If not, do nothing.',
    ],
    action: 'Sign in',
  },
  'password-reset': {
    subject: () => 'Set a new password',
    lines: () => [
      'Open this link within an hour to set a new password. It counts once.',
      'If you did not ask for it, do nothing: the password stays as it is.',
    ],
    action: 'Set a new password',
  },
  'password-changed': {
    subject: () => 'Your password was changed',
    lines: () => [
      'Your password was changed, and every session was ended.',
      'If it was not you, set a new one on the sign-in page at once and tell your provider.',
    ],
  },
  'new-place': {
    subject: () => 'A sign-in from a new place',
    lines: ({ address, agent }) => [
      `You signed in from ${address} with ${agent}.`,
      'If it was not you, end that session and change your password.',
    ],
    action: 'See your sessions',
  },
  invitation: {
    subject: ({ organization }) => `An invitation to ${organization}`,
    lines: ({ organization, inviter, role }) => [
      `${inviter} invites you to ${organization}, with the role ${role}.`,
      'The link counts for seven days, for this address.',
    ],
    action: 'See the invitation',
  },
  'vps-provisioning': {
    subject: ({ label }) => `${label} is being set up`,
    lines: ({ label }) => ['Your VPS is being provisioned...', `It is called ${label}.`],
    action: 'See the server',
  },
  'vps-ready': {
    subject: ({ label }) => `${label} is ready`,
    lines: ({ label, address }) => [
      address === undefined || address === '' ? 'Your VPS is ready!' : `Your VPS is ready! IP: ${address}`,
      `It is called ${label}.`,
    ],
    action: 'See the server',
  },
  'vps-failed': {
    subject: ({ label }) => `${label}: a change failed`,
    lines: ({ label, change }) => [
      `The change "${change}" of your server ${label} failed. Nothing else was changed.`,
      'It can be tried again on its page.',
    ],
    action: 'See the server',
  },
  'vps-suspended': {
    subject: ({ label }) => `${label} is suspended`,
    lines: ({ label }) => [`Your server ${label} is suspended: it is switched off, and its data is kept.`],
    action: 'See the server',
  },
  'vps-ends-soon': {
    subject: ({ label }) => `${label} ends soon`,
    lines: ({ label, at }) => [`Your server ${label} and its data are destroyed at ${at}.`, 'Until then it can be taken back on its page.'],
    action: 'See the server',
  },
  'vps-ended': {
    subject: ({ label }) => `${label} has ended`,
    lines: ({ label, proof }) => [`Your server ${label} was destroyed.`, `Proof: ${proof}.`],
  },
  'audit-anchor': {
    subject: ({ seq }) => `Audit trail: entry ${seq}`,
    lines: ({ seq, hash, rows }) => [
      `The audit trail is intact: ${rows} entries. Entry ${seq} is the last one; its hash is ${hash}.`,
      'Keep this mail. A trail that was changed or cut off later contradicts it.',
    ],
  },
  alert: {
    subject: ({ alert }) => `Alert: ${alert}`,
    lines: ({ message, remedy, runbook }) => [`${message}`, `What to do: ${remedy}`, `Runbook: ${runbook}`],
    action: 'See it',
  },
};

const de: Readonly<Record<Others, Words>> = {
  'verify-address': {
    subject: () => 'Adresse bestätigen',
    lines: () => [
      'Öffnen Sie diesen Link innerhalb eines Tages, um zu bestätigen, dass die Adresse Ihnen gehört.',
      'Haben Sie sich nicht angemeldet, ist nichts zu tun: Die Adresse bleibt ungenutzt.',
    ],
    action: 'Adresse bestätigen',
  },
  'address-taken': {
    subject: () => 'Es gibt Ihr Konto schon',
    lines: () => [
      'Jemand wollte sich mit dieser Adresse registrieren. Es gibt sie hier schon.',
      'Waren Sie es, melden Sie sich an; ein vergessenes Passwort lässt sich dort neu setzen. Wenn nicht, ist nichts zu tun.',
    ],
    action: 'Anmelden',
  },
  'password-reset': {
    subject: () => 'Neues Passwort setzen',
    lines: () => [
      'Öffnen Sie diesen Link innerhalb einer Stunde, um ein neues Passwort zu setzen. Er gilt einmal.',
      'Haben Sie nicht darum gebeten, ist nichts zu tun: Das Passwort bleibt, wie es ist.',
    ],
    action: 'Neues Passwort setzen',
  },
  'password-changed': {
    subject: () => 'Ihr Passwort wurde geändert',
    lines: () => [
      'Ihr Passwort wurde geändert, und alle Sitzungen wurden beendet.',
      'Waren Sie es nicht, setzen Sie sofort ein neues auf der Anmeldeseite und sagen Sie Ihrem Anbieter Bescheid.',
    ],
  },
  'new-place': {
    subject: () => 'Anmeldung von einem neuen Ort',
    lines: ({ address, agent }) => [
      `Sie haben sich von ${address} mit ${agent} angemeldet.`,
      'Waren Sie es nicht, beenden Sie die Sitzung und ändern Sie Ihr Passwort.',
    ],
    action: 'Sitzungen ansehen',
  },
  invitation: {
    subject: ({ organization }) => `Einladung zu ${organization}`,
    lines: ({ organization, inviter, role }) => [
      `${inviter} lädt Sie zu ${organization} ein, mit der Rolle ${role}.`,
      'Der Link gilt sieben Tage, für diese Adresse.',
    ],
    action: 'Einladung ansehen',
  },
  'vps-provisioning': {
    subject: ({ label }) => `${label} wird eingerichtet`,
    lines: ({ label }) => [`Ihr Server ${label} wird eingerichtet.`],
    action: 'Server ansehen',
  },
  'vps-ready': {
    subject: ({ label }) => `${label} ist bereit`,
    lines: ({ label, address }) => [
      `Ihr Server ${label} ist bereit.`,
      ...(address === undefined || address === '' ? [] : [`Seine Adresse ist ${address}.`]),
    ],
    action: 'Server ansehen',
  },
  'vps-failed': {
    subject: ({ label }) => `${label}: Eine Änderung ist gescheitert`,
    lines: ({ label, change }) => [
      `Die Änderung „${change}“ Ihres Servers ${label} ist gescheitert. Sonst wurde nichts geändert.`,
      'Auf seiner Seite lässt sie sich noch einmal versuchen.',
    ],
    action: 'Server ansehen',
  },
  'vps-suspended': {
    subject: ({ label }) => `${label} ist gesperrt`,
    lines: ({ label }) => [`Ihr Server ${label} ist gesperrt: Er ist ausgeschaltet, seine Daten bleiben erhalten.`],
    action: 'Server ansehen',
  },
  'vps-ends-soon': {
    subject: ({ label }) => `${label} endet bald`,
    lines: ({ label, at }) => [
      `Ihr Server ${label} und seine Daten werden am ${at} gelöscht.`,
      'Bis dahin lässt sich das auf seiner Seite zurücknehmen.',
    ],
    action: 'Server ansehen',
  },
  'vps-ended': {
    subject: ({ label }) => `${label} ist beendet`,
    lines: ({ label, proof }) => [`Ihr Server ${label} wurde gelöscht.`, `Nachweis: ${proof}.`],
  },
  'audit-anchor': {
    subject: ({ seq }) => `Prüfpfad: Eintrag ${seq}`,
    lines: ({ seq, hash, rows }) => [
      `Der Prüfpfad ist unversehrt: ${rows} Einträge. Der letzte ist Eintrag ${seq}; sein Hash ist ${hash}.`,
      'Bewahren Sie diese Mail auf. Ein Prüfpfad, der später geändert oder gekürzt wird, widerspricht ihr.',
    ],
  },
  alert: {
    subject: ({ alert }) => `Alarm: ${alert}`,
    // What happened and what is done about it is written for staff, in the language of the runbooks.
    lines: ({ message, remedy, runbook }) => ['Es gibt etwas anzusehen:', `${message}`, `${remedy}`, `Anleitung: ${runbook}`],
    action: 'Ansehen',
  },
};

const WORDS: Readonly<Record<Locale, Readonly<Record<MailKind, Words>>>> = {
  en: { ...en, ...MONEY_WORDS.en, ...SUPPORT_WORDS.en },
  de: { ...de, ...MONEY_WORDS.de, ...SUPPORT_WORDS.de },
};

export function localeOf(text: string): Locale {
  return LOCALES.find((each) => text.toLowerCase().startsWith(each)) ?? 'en';
}

/** A day or a moment as it is read there. */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat({ en: 'en-GB', de: 'de-DE' }[localeOf(locale)], options);
}

export function wordsOf(kind: MailKind, locale: string): Words {
  return WORDS[localeOf(locale)][kind];
}

export const GREETING: Readonly<Record<Locale, (name: string | null) => string>> = {
  en: (name) => (name === null || name === '' ? 'Hello,' : `Hello ${name},`),
  de: (name) => (name === null || name === '' ? 'Guten Tag,' : `Guten Tag ${name},`),
};
