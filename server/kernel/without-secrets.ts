/** What the trail tells of a change, with everything that is secret replaced: by the names of fields, at any depth. */
import type { Json } from './database.ts';

const SECRET =
  /pass(word|phrase|_|$)|secret|token$|_token|api_?key|private_?key|credential|recovery|otp|authorization|cookie|cloud_?init|user_?data/i;
/** Says that there is or was something. */
const REPLACED = '•••';
/** Our own tokens and keys, wherever they stand. */
const OWN = /\bplinth_[a-z]+_?[A-Za-z0-9_-]{16,}\b|\bplinth_[a-z0-9]{12}_[A-Za-z0-9_-]{43}\b/g;

export function withoutSecrets(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll(OWN, REPLACED);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item as Json));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>).map(([name, item]) => [name, isSecret(name, item) ? REPLACED : withoutSecrets(item)]),
  ) as Json;
}

/** Flags, counts and nothing tell of no secret. */
function isSecret(name: string, value: Json): boolean {
  return SECRET.test(name) && (typeof value === 'string' || (typeof value === 'object' && value !== null));
}
