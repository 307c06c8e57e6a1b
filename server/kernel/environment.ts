/** Settings that are made of several variables of the environment. */

/** Of a user's own server. In development nothing is fetched, so any address does. */
export function downloads(
  appUrl: string | undefined,
  cliUrl: string | undefined,
  production: boolean,
): { appUrl?: string; cliUrl?: string } {
  const example = production ? undefined : 'https://downloads.example.com';
  const [app, cli] = [appUrl ?? (example && `${example}/application`), cliUrl ?? (example && `${example}/cli`)];
  return { ...(app === undefined ? {} : { appUrl: app }), ...(cli === undefined ? {} : { cliUrl: cli }) };
}

/** Which of them are of providers, the first start knows. */
export function keysOf(given: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(given).flatMap(([name, key]) =>
      key && /^[A-Z0-9]+_API_KEY$/.test(name) ? [[name.slice(0, -8).toLowerCase(), key]] : [],
    ),
  );
}
