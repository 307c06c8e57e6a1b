/** What an account's credential is made of. */
import type { CredentialField, Descriptor } from './provider.ts';

/** A credential that the simulator takes for that of the account `token`; its rules are the real one's. */
export function simulatedCredentialOf(
  { credentialFields, simulatedCredential }: Pick<Descriptor, 'credentialFields' | 'simulatedCredential'>,
  token: string,
): Readonly<Record<string, string>> {
  if (simulatedCredential) return simulatedCredential(token);
  return Object.fromEntries(credentialFields.filter(({ optional }) => !optional).map(({ name }) => [name, token]));
}

/**
 * The fields that a person meant: one text where there is one field, all of them by name, or the document itself where the
 * credential is one. Not checked yet.
 */
export function credentialGiven(
  fields: readonly CredentialField[],
  given: string | Readonly<Record<string, string>>,
): string | Readonly<Record<string, string>> {
  const [only] = fields;
  if (fields.length !== 1 || !only) return given;
  if (typeof given === 'string') return { [only.name]: given };
  return only.type === 'document' && !(only.name in given) ? { [only.name]: JSON.stringify(given) } : given;
}
