/** Names of time zones as the IANA database spells them, which is how `/usr/share/zoneinfo` of a server has them. */
const NAMES = new Set(Intl.supportedValuesOf('timeZone'));

/** A sentence saying what is wrong, or null. */
export function timeZoneProblem(name: string): string | null {
  if (NAMES.has(name)) return null;
  const canonical = canonicalOf(name);
  if (canonical === null) return `there is no time zone "${name}"`;
  // Intl does not mind the case; a file system does. What is left are older names, which begin with capitals throughout.
  const alias = name.toLowerCase() !== canonical.toLowerCase() || name === canonical;
  return alias && name.split('/').every((part) => /^[A-Z]/.test(part))
    ? null
    : `time zones are spelled as in the IANA database: ${canonical}`;
}

function canonicalOf(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
