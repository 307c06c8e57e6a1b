/** Passkeys, by the browser's own functions: what the service asks in, what the key answers out. */
import { ApiError } from '../../kit/api/problem.ts';

type Json = Record<string, unknown>;

/** Whether this browser has them here: by name, over https or on this machine. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential === 'function' &&
    'parseRequestOptionsFromJSON' in PublicKeyCredential &&
    !/^[\d.]+$|:/.test(location.hostname)
  );
}

export async function makePasskey(options: Json): Promise<Json> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  return jsonOf(await navigator.credentials.create({ publicKey }).catch(given));
}

export async function showPasskey(options: Json): Promise<Json> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  return jsonOf(await navigator.credentials.get({ publicKey }).catch(given));
}

function given(error: unknown): never {
  const name = error instanceof Error ? error.name : '';
  throw new ApiError(
    0,
    'passkey',
    name === 'InvalidStateError' ? 'This device has a passkey of yours here already.' : 'No passkey was given.',
  );
}

function jsonOf(credential: Credential | null): Json {
  if (!(credential instanceof PublicKeyCredential)) throw new ApiError(0, 'passkey', 'No passkey was given.');
  return credential.toJSON() as unknown as Json;
}
