/** The service's refusals by their code, in the languages in which the service itself does not speak. */
import { languageNow } from '../i18n/language.ts';

const GERMAN: Readonly<Record<string, string>> = {
  unauthenticated: 'Ihre Anmeldung ist abgelaufen.',
  forbidden: 'Ihre Rolle in der Organisation erlaubt das nicht.',
  second_factor_required: 'Dafür ist Ihr zweiter Faktor nötig, gezeigt in den letzten 10 Minuten.',
  second_factor_locked: 'Zu viele falsche Codes. Warten Sie eine Weile.',
  wrong_code: 'Dieser Code stimmt nicht oder ist abgelaufen.',
  wrong_password: 'Das Passwort stimmt nicht.',
  wrong_credentials: 'Adresse oder Passwort stimmt nicht.',
  address_not_verified: 'Diese Adresse ist noch nicht bestätigt. Öffnen Sie den Link in der Mail.',
  sign_up_closed: 'Hier kann sich niemand selbst registrieren.',
  user_disabled: 'Dieser Zugang ist gesperrt.',
  link_expired: 'Dieser Link gilt nicht mehr. Fordern Sie einen neuen an.',
  too_many_requests: 'Das war zu oft in kurzer Zeit. Warten Sie einen Moment.',
  not_found: 'Das gibt es nicht, oder es ist nicht für Sie.',
  label_taken: 'Ein Server mit diesem Namen ist schon da. Wählen Sie einen anderen.',
  sold_out: 'Das ist ausverkauft. Es wurde nichts berechnet; wählen Sie ein anderes Produkt oder einen anderen Ort.',
  no_price: 'Dafür gibt es keinen Preis.',
  no_place: 'Dieses Produkt gibt es dort nicht, wo der Server steht. Bestellen Sie es stattdessen neu.',
  quote_expired: 'Das Angebot ist abgelaufen. Ein neues wurde angefragt.',
  hash_mismatch: 'Das Angebot hat sich geändert. Sehen Sie es noch einmal an.',
  too_many: 'Davon dürfen Sie nicht mehr haben.',
  change_open: 'Eine Änderung ist schon offen. Bezahlen Sie sie oder nehmen Sie sie zurück.',
  change_gives_back: 'Vom jetzigen Zeitraum bleibt mehr übrig, als der neue kostet. Kündigen Sie zum Ende und bestellen Sie neu.',
  nothing_to_change: 'Das ist schon so.',
  not_active: 'Das Abonnement ist gerade nicht aktiv.',
  not_begun: 'Der Server ist noch nicht fertig.',
  already_ending: 'Es endet schon.',
  use_subscription: 'Dieser Server ist gekauft: Größe und Ende ändern Sie über sein Abonnement.',
  terms_not_accepted: 'Zuerst müssen die Nutzungsbedingungen angenommen werden.',
  suspended: 'Dieser Server ist gesperrt.',
  busy: 'An diesem Server geschieht gerade etwas anderes. Gleich noch einmal.',
  not_payable: 'Diese Rechnung kann gerade nicht bezahlt werden.',
  no_payment_method: 'Es ist keine Zahlungsart hinterlegt.',
  no_payment_provider: 'Hier kann gerade nicht online bezahlt werden.',
  organization_blocked: 'Ihre Organisation ist gesperrt. Wenden Sie sich an den Anbieter.',
  no_answer: 'Die Verbindung brach ab, bevor eine Antwort kam.',
};

/** `said`: the service's own sentence, which stands where there is no other. */
export function wordsOfProblem(code: string, said: string): string {
  return languageNow() === 'de' ? (GERMAN[code] ?? said) : said;
}
