/** Stripe's own test numbers and what each does [docs.stripe.com/testing, docs.stripe.com/payments/sepa-debit]. */

export interface Means {
  readonly type: 'card' | 'sepa_debit';
  readonly brand: string;
  /** `decline`: of every charge, with this code; `attach`: it is not even kept. */
  readonly decline?: { readonly code: string; readonly declineCode: string; readonly message: string; readonly attach?: true };
  /** When the bank asks the person: at every payment, or until it was set up for later use. */
  readonly confirms?: 'always' | 'once';
  /** Disputed right after it was paid. */
  readonly disputed?: true;
  /** Of a debit: how it ends after days. */
  readonly settles?: 'succeeded' | 'failed';
  readonly label: string;
}

const declined = (declineCode: string, message = 'Your card was declined.', attach?: true) => ({
  code: 'card_declined',
  declineCode,
  message,
  ...(attach ? { attach } : {}),
});

export const MEANS: Readonly<Record<string, Means>> = {
  '4242424242424242': { type: 'card', brand: 'visa', label: 'Visa: succeeds' },
  '5555555555554444': { type: 'card', brand: 'mastercard', label: 'Mastercard: succeeds' },
  '4000002500003155': { type: 'card', brand: 'visa', confirms: 'once', label: 'Visa: asks for 3-D Secure once' },
  '4000002760003184': { type: 'card', brand: 'visa', confirms: 'always', label: 'Visa: asks for 3-D Secure every time' },
  '4000000000000002': { type: 'card', brand: 'visa', decline: declined('generic_decline', undefined, true), label: 'Visa: declined' },
  '4000000000009995': {
    type: 'card',
    brand: 'visa',
    decline: declined('insufficient_funds', 'Your card has insufficient funds.', true),
    label: 'Visa: insufficient funds',
  },
  '4000000000000341': {
    type: 'card',
    brand: 'visa',
    decline: declined('generic_decline'),
    label: 'Visa: can be saved, later charges are declined',
  },
  '4000000000000259': { type: 'card', brand: 'visa', disputed: true, label: 'Visa: succeeds, then disputed as fraudulent' },
  DE89370400440532013000: { type: 'sepa_debit', brand: 'sepa_debit', settles: 'succeeded', label: 'SEPA debit: processes, then succeeds' },
  DE62370400440532013001: { type: 'sepa_debit', brand: 'sepa_debit', settles: 'failed', label: 'SEPA debit: processes, then fails' },
};

/** Stripe's ready-made methods. */
export const NAMED: Readonly<Record<string, string>> = {
  pm_card_visa: '4242424242424242',
  pm_card_mastercard: '5555555555554444',
  pm_card_authenticationRequired: '4000002760003184',
  pm_card_authenticationRequiredOnSetup: '4000002500003155',
  pm_card_chargeDeclined: '4000000000000002',
  pm_card_chargeCustomerFail: '4000000000000341',
  pm_card_createDispute: '4000000000000259',
};
