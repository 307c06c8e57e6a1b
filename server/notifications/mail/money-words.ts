/** What the mails about money say, in English and German. Amounts and dates come as they are read there. */
import type { MONEY_KINDS } from '../../../contract/notification.ts';
import type { Locale, Words } from './words-shape.ts';

type Kind = (typeof MONEY_KINDS)[number];

const en: Readonly<Record<Kind, Words>> = {
  'invoice-issued': {
    subject: ({ number, amount }) => `Invoice ${number}: ${amount}`,
    lines: ({ number, amount, due, automatic, owed }) => [
      `Invoice ${number} over ${amount} was issued.`,
      ...(owed === '' ? ['Nothing is to be paid: it was settled by your credit.'] : []),
      ...(owed === ''
        ? []
        : automatic === 'yes'
          ? [`${owed} are charged to your saved card at ${due}.`]
          : [`Please pay ${owed} by ${due}.`]),
    ],
    action: 'See the invoice',
  },
  'payment-received': {
    subject: ({ amount }) => `We received ${amount}`,
    lines: ({ amount, number, owed }) => [
      number === '' ? `We received your payment of ${amount}.` : `We received your payment of ${amount} for invoice ${number}.`,
      ...(owed === '' ? [] : [`${owed} are still to be paid for it.`]),
    ],
    action: 'See the invoice',
  },
  'payment-failed': {
    subject: ({ number }) => `The payment of invoice ${number} failed`,
    lines: ({ number, amount, why }) => [
      `Your saved card could not be charged with ${amount} for invoice ${number}: ${why}`,
      'Please pay it another way, or save another card. Where it makes sense it is tried again.',
    ],
    action: 'Pay the invoice',
  },
  'payment-needs-payer': {
    subject: ({ number }) => `Please confirm the payment of invoice ${number}`,
    lines: ({ number, amount }) => [
      `Your bank wants you to confirm the payment of ${amount} for invoice ${number} yourself (3-D Secure).`,
      'Until then it is not paid.',
    ],
    action: 'Confirm the payment',
  },
  'payment-disputed': {
    subject: ({ amount, outcome }) =>
      outcome === 'won'
        ? `Your payment of ${amount} stands again`
        : outcome === 'lost'
          ? `Your payment of ${amount} was taken back`
          : `Your payment of ${amount} is disputed`,
    lines: ({ amount, number, outcome, suspends }) => {
      const which = number === '' ? `your payment of ${amount}` : `your payment of ${amount} for invoice ${number}`;
      if (outcome === 'won') return [`Your bank has withdrawn the dispute of ${which}. Nothing is owed for it.`];
      if (outcome === 'lost') return [`Your bank has taken ${which} back for good. It is owed again, by an invoice of its own.`];
      return [
        `Your bank has taken ${which} back for now, because it was disputed.`,
        ...(suspends === '' ? [] : [`If that goes on, what it paid for is switched off at ${suspends}.`]),
        'If it was a mistake, ask your bank to withdraw the dispute. If it was not, tell us what is wrong.',
      ];
    },
    action: 'See the invoice',
  },
  'payment-reminder': {
    subject: ({ number, due }) => `Invoice ${number} is due at ${due}`,
    lines: ({ number, owed, due, product }) => [`Invoice ${number} for ${product} is open: ${owed} are due at ${due}.`],
    action: 'Pay the invoice',
  },
  'payment-overdue': {
    subject: ({ number }) => `Invoice ${number} is overdue`,
    lines: ({ number, owed, due, product, suspends, ends }) => [
      `Invoice ${number} for ${product} was due at ${due}: ${owed} are not paid.`,
      ...(suspends === '' ? [] : [`Without a payment the service is suspended at ${suspends}.`]),
      `At ${ends} the service and its data begin to end.`,
    ],
    action: 'Pay the invoice',
  },
  'service-suspended': {
    subject: ({ product }) => `${product} is suspended: invoice not paid`,
    lines: ({ number, owed, product, ends }) => [
      `${product} was suspended, since invoice ${number} is not paid (${owed}). Its data is kept.`,
      `As soon as it is paid the service goes on. Without a payment it ends at ${ends}.`,
    ],
    action: 'Pay the invoice',
  },
  'service-ends-soon': {
    subject: ({ product }) => `${product} ends now: invoice not paid`,
    lines: ({ number, owed, product }) => [
      `Invoice ${number} is not paid (${owed}), and so ${product} is destroyed within a day; a last snapshot is kept for a while.`,
      'Paying before that brings all of it back.',
    ],
    action: 'Pay the invoice',
  },
  'subscription-cancelled': {
    subject: ({ product }) => `${product} is cancelled`,
    lines: ({ product, ends }) => [
      ends === '' ? `${product} was cancelled and ends now.` : `${product} was cancelled. It goes on until ${ends}.`,
    ],
    action: 'See the subscription',
  },
  'subscription-ended': {
    subject: ({ product }) => `${product} has ended`,
    lines: ({ product }) => [`${product} has ended. Its server is gone, and nothing more is charged for it.`],
  },
  'price-change': {
    subject: ({ product }) => `The price of ${product} changes`,
    lines: ({ product, former, amount, from }) => [
      `From ${from} on, ${product} costs ${amount} instead of ${former} a period. What is paid until then stays as it is.`,
      'If you do not agree, cancel before that day: then it ends with the period that is paid.',
    ],
    action: 'See the subscription',
  },
  'refund-made': {
    subject: ({ amount }) => `We gave ${amount} back`,
    lines: ({ amount, failed }) => [
      failed === 'yes'
        ? `${amount} could not be given back by the way you paid. You have them as credit.`
        : `${amount} were given back by the way you paid. Your bank may take a few days.`,
    ],
  },
  'order-failed': {
    subject: ({ number }) => `Your order ${number} could not be fulfilled`,
    lines: ({ number, why }) => [`Your order ${number} could not be fulfilled: ${why}`, 'What you paid for it is given back.'],
    action: 'See the order',
  },
};

const de: Readonly<Record<Kind, Words>> = {
  'invoice-issued': {
    subject: ({ number, amount }) => `Rechnung ${number}: ${amount}`,
    lines: ({ number, amount, due, automatic, owed }) => [
      `Die Rechnung ${number} über ${amount} wurde gestellt.`,
      ...(owed === '' ? ['Es ist nichts zu zahlen: Ihr Guthaben hat sie beglichen.'] : []),
      ...(owed === ''
        ? []
        : automatic === 'yes'
          ? [`${owed} werden am ${due} von Ihrer gespeicherten Karte abgebucht.`]
          : [`Bitte zahlen Sie ${owed} bis zum ${due}.`]),
    ],
    action: 'Rechnung ansehen',
  },
  'payment-received': {
    subject: ({ amount }) => `Wir haben ${amount} erhalten`,
    lines: ({ amount, number, owed }) => [
      number === ''
        ? `Wir haben Ihre Zahlung über ${amount} erhalten.`
        : `Wir haben Ihre Zahlung über ${amount} für die Rechnung ${number} erhalten.`,
      ...(owed === '' ? [] : [`Es sind noch ${owed} zu zahlen.`]),
    ],
    action: 'Rechnung ansehen',
  },
  'payment-failed': {
    subject: ({ number }) => `Die Zahlung der Rechnung ${number} ist fehlgeschlagen`,
    lines: ({ number, amount, why }) => [
      `Ihre gespeicherte Karte konnte nicht mit ${amount} für die Rechnung ${number} belastet werden: ${why}`,
      'Bitte zahlen Sie auf anderem Weg oder hinterlegen Sie eine andere Karte. Wo es sinnvoll ist, wird es erneut versucht.',
    ],
    action: 'Rechnung bezahlen',
  },
  'payment-needs-payer': {
    subject: ({ number }) => `Bitte bestätigen Sie die Zahlung der Rechnung ${number}`,
    lines: ({ number, amount }) => [
      `Ihre Bank verlangt, dass Sie die Zahlung von ${amount} für die Rechnung ${number} selbst bestätigen (3-D Secure).`,
      'Bis dahin ist sie nicht bezahlt.',
    ],
    action: 'Zahlung bestätigen',
  },
  'payment-disputed': {
    subject: ({ amount, outcome }) =>
      outcome === 'won'
        ? `Ihre Zahlung über ${amount} gilt wieder`
        : outcome === 'lost'
          ? `Ihre Zahlung über ${amount} wurde zurückgeholt`
          : `Ihrer Zahlung über ${amount} wurde widersprochen`,
    lines: ({ amount, number, outcome, suspends }) => {
      const which = number === '' ? `Ihre Zahlung über ${amount}` : `Ihre Zahlung über ${amount} zu Rechnung ${number}`;
      if (outcome === 'won') return [`Ihre Bank hat den Widerspruch zurückgenommen: ${which} gilt wieder, Sie schulden dafür nichts.`];
      if (outcome === 'lost')
        return [`Ihre Bank hat ${which} endgültig zurückgeholt. Der Betrag ist wieder offen, mit einer eigenen Rechnung.`];
      return [
        `Ihre Bank hat ${which} vorläufig zurückgeholt, weil ihr widersprochen wurde.`,
        ...(suspends === '' ? [] : [`Bleibt es dabei, wird am ${suspends} abgeschaltet, was damit bezahlt war.`]),
        'War es ein Versehen, bitten Sie Ihre Bank, den Widerspruch zurückzunehmen. Wenn nicht, sagen Sie uns, was nicht stimmt.',
      ];
    },
    action: 'Rechnung ansehen',
  },
  'payment-reminder': {
    subject: ({ number, due }) => `Die Rechnung ${number} ist am ${due} fällig`,
    lines: ({ number, owed, due, product }) => [`Die Rechnung ${number} für ${product} ist offen: ${owed} sind am ${due} fällig.`],
    action: 'Rechnung bezahlen',
  },
  'payment-overdue': {
    subject: ({ number }) => `Die Rechnung ${number} ist überfällig`,
    lines: ({ number, owed, due, product, suspends, ends }) => [
      `Die Rechnung ${number} für ${product} war am ${due} fällig: ${owed} sind nicht bezahlt.`,
      ...(suspends === '' ? [] : [`Ohne Zahlung wird der Dienst am ${suspends} gesperrt.`]),
      `Am ${ends} beginnt das Ende des Dienstes und seiner Daten.`,
    ],
    action: 'Rechnung bezahlen',
  },
  'service-suspended': {
    subject: ({ product }) => `${product} ist gesperrt: Rechnung nicht bezahlt`,
    lines: ({ number, owed, product, ends }) => [
      `${product} wurde gesperrt, weil die Rechnung ${number} nicht bezahlt ist (${owed}). Die Daten bleiben erhalten.`,
      `Sobald sie bezahlt ist, läuft der Dienst weiter. Ohne Zahlung endet er am ${ends}.`,
    ],
    action: 'Rechnung bezahlen',
  },
  'service-ends-soon': {
    subject: ({ product }) => `${product} endet jetzt: Rechnung nicht bezahlt`,
    lines: ({ number, owed, product }) => [
      `Die Rechnung ${number} ist nicht bezahlt (${owed}), und so wird ${product} innerhalb eines Tages gelöscht; ein letzter Schnappschuss bleibt eine Weile erhalten.`,
      'Eine Zahlung davor bringt alles zurück.',
    ],
    action: 'Rechnung bezahlen',
  },
  'subscription-cancelled': {
    subject: ({ product }) => `${product} ist gekündigt`,
    lines: ({ product, ends }) => [
      ends === '' ? `${product} wurde gekündigt und endet jetzt.` : `${product} wurde gekündigt und läuft noch bis zum ${ends}.`,
    ],
    action: 'Vertrag ansehen',
  },
  'subscription-ended': {
    subject: ({ product }) => `${product} ist beendet`,
    lines: ({ product }) => [`${product} ist beendet. Der Server ist gelöscht, und es wird nichts mehr berechnet.`],
  },
  'price-change': {
    subject: ({ product }) => `Der Preis von ${product} ändert sich`,
    lines: ({ product, former, amount, from }) => [
      `Ab dem ${from} kostet ${product} ${amount} statt ${former} je Zeitraum. Was bis dahin bezahlt ist, bleibt, wie es ist.`,
      'Sind Sie nicht einverstanden, kündigen Sie vor diesem Tag: Dann endet der Vertrag mit dem bezahlten Zeitraum.',
    ],
    action: 'Vertrag ansehen',
  },
  'refund-made': {
    subject: ({ amount }) => `Wir haben ${amount} erstattet`,
    lines: ({ amount, failed }) => [
      failed === 'yes'
        ? `${amount} konnten nicht auf Ihrem Zahlungsweg erstattet werden. Sie haben sie als Guthaben.`
        : `${amount} wurden auf Ihrem Zahlungsweg erstattet. Ihre Bank kann einige Tage brauchen.`,
    ],
  },
  'order-failed': {
    subject: ({ number }) => `Ihre Bestellung ${number} konnte nicht ausgeführt werden`,
    lines: ({ number, why }) => [
      `Ihre Bestellung ${number} konnte nicht ausgeführt werden: ${why}`,
      'Was Sie dafür bezahlt haben, wird erstattet.',
    ],
    action: 'Bestellung ansehen',
  },
};

export const MONEY_WORDS: Readonly<Record<Locale, Readonly<Record<Kind, Words>>>> = { en, de };
