/** Words of paying, and of what happens when nobody does. */
import { defineWords } from '../../kit/i18n/words.ts';

export const payWords = defineWords(
  {
    pay: 'Pay {amount}',
    payNow: 'Pay',
    payWith: 'Pay by {method}',
    otherWay: 'Another way',
    save: 'Keep this payment method, and charge what comes later by it',
    paymentRunning: 'The payment is on its way.',
    unpaidActive: 'The invoice for {label} is not paid. It will be switched off {when}.',
    unpaidSuspended:
      '{label} is switched off, as its invoice is not paid. It will be deleted with all its data {when}. Pay, and it runs within a minute.',
    unpaidTerminating: '{label} is about to be deleted with all its data, {when}. Paying now still brings it back.',
    unpaidSoon: '{label} is not paid. Next step: {when}.',
    on: 'on {date}, in {days, plural, =0 {less than a day} one {one day} other {# days}}',
    soon: 'soon',
    aServer: 'a server',
  },
  {
    pay: '{amount} bezahlen',
    payNow: 'Bezahlen',
    payWith: 'Mit {method} bezahlen',
    otherWay: 'Anders bezahlen',
    save: 'Diese Zahlungsart behalten und Kommendes damit abbuchen',
    paymentRunning: 'Die Zahlung ist unterwegs.',
    unpaidActive: 'Die Rechnung für {label} ist nicht bezahlt. Der Server wird {when} abgeschaltet.',
    unpaidSuspended:
      '{label} ist abgeschaltet, weil die Rechnung nicht bezahlt ist. Der Server wird {when} mit allen Daten gelöscht. Zahlen Sie, und er läuft in einer Minute.',
    unpaidTerminating: '{label} wird {when} mit allen Daten gelöscht. Zahlen bringt ihn jetzt noch zurück.',
    unpaidSoon: '{label} ist nicht bezahlt. Nächster Schritt: {when}.',
    on: 'am {date}, in {days, plural, =0 {weniger als einem Tag} one {einem Tag} other {# Tagen}}',
    soon: 'bald',
    aServer: 'ein Server',
  },
);
