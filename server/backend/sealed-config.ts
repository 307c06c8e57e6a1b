/** What of an update's config is kept as a secret of its stack, whatever the file said: user data may hold anything. */
import { PROJECT } from '../../stacks/spec.ts';

export const SPEC_KEY = `${PROJECT}:spec`;
type Config = Record<string, unknown>;

/**
 * The config with the user data of its spec as the stack's ciphertext, in Pulumi's own form; the very same where there is none in clear.
 * @param encrypt a text to its ciphertext in base64
 */
export function sealConfig(config: Config, encrypt: (text: string) => string): Config {
  const value = config[SPEC_KEY] as { string?: unknown } | undefined;
  const spec = typeof value?.string === 'string' ? objectIn(value.string) : null;
  const clear = spec?.['cloudInit'];
  if (typeof clear !== 'object' || clear === null || 'secure' in clear || isEmpty(clear)) return config;
  const sealed = { ...spec, cloudInit: { secure: encrypt(JSON.stringify(clear)) } };
  return { ...config, [SPEC_KEY]: { ...value, string: JSON.stringify(sealed), object: true, secret: true } };
}

/**
 * The spec in a config, its user data opened. Undefined where there is none, null where it is no JSON or does not open.
 * @param decrypt a ciphertext in base64 to its text; undefined when it is not of this stack
 */
export function specInConfig(config: Config, decrypt: (ciphertext: string) => string | undefined): unknown {
  const value = config[SPEC_KEY] as { string?: unknown } | undefined;
  if (typeof value?.string !== 'string') return undefined;
  const spec = objectIn(value.string);
  const secure = (spec?.['cloudInit'] as { secure?: unknown } | undefined)?.secure;
  if (typeof secure !== 'string') return spec;
  const text = decrypt(secure);
  return text === undefined ? null : { ...spec, cloudInit: objectIn(text) };
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Nothing is said in it but defaults: empty lists and `false`. */
function isEmpty(value: object): boolean {
  return Object.values(value).every((part) => part === false || (Array.isArray(part) && part.length === 0));
}
