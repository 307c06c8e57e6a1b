/** The choice of a set-up profile without React: what is asked for, what is missing, and what is sent. */
import type { SetupChoices, SetupRequestInput, SetupVariable } from '../../kit/api/client.ts';

/** In place of a profile's name, which begins with a letter. */
export const AS_NOW = '';
export const NOTHING = '-';

/** As chosen and typed. */
export interface SetupForm {
  readonly profile: string;
  /** Empty: the newest. */
  readonly version: string;
  readonly values: Readonly<Record<string, string>>;
}
export const KEEP_SETUP: SetupForm = { profile: AS_NOW, version: '', values: {} };

/** A profile that may be chosen, its versions with the newest first. */
export interface OfferedProfile {
  readonly name: string;
  readonly versions: readonly {
    readonly version: number;
    readonly description: string;
    readonly variables: readonly SetupVariable[];
  }[];
}
/** As they are offered for one server: each at its newest version. */
export function newestOf({ profiles }: Pick<SetupChoices, 'profiles'>): OfferedProfile[] {
  return profiles.map(({ name, ...newest }) => ({ name, versions: [newest] }));
}
/** What sets one server up now. */
export interface PresentSetup {
  readonly profile: string;
  readonly values: Readonly<Record<string, string>>;
}

/** The chosen profile's chosen version, where a profile is chosen. */
export function chosenVersion({ profile, version }: SetupForm, offered: readonly OfferedProfile[]) {
  const versions = offered.find(({ name }) => name === profile)?.versions ?? [];
  return version === '' ? versions[0] : versions.find((each) => String(each.version) === version);
}

/** Those that a person fills in: secrets and hashes are made. */
export function askedFor(variables: readonly SetupVariable[]): SetupVariable[] {
  return variables.filter(({ type }) => type !== 'secret' && type !== 'password_hash');
}

/** A server's own name is known without being typed. */
export const isOwnName = ({ name }: SetupVariable): boolean => name === 'HOSTNAME';

/** Another profile; what the server had of the same one stands there already. */
export function withProfile(profile: string, offered: readonly OfferedProfile[], present: PresentSetup | null): SetupForm {
  const asked = askedFor(chosenVersion({ profile, version: '', values: {} }, offered)?.variables ?? []);
  const kept = present?.profile === profile ? present.values : {};
  // A name that was taken from the server follows the server.
  const known = asked.filter((each) => !isOwnName(each) && kept[each.name] !== undefined);
  return { profile, version: '', values: Object.fromEntries(known.map(({ name }) => [name, kept[name]!])) };
}

/** The first variable that has neither a value nor a default, or null. */
export function missingVariable(form: SetupForm, offered: readonly OfferedProfile[]): SetupVariable | null {
  const asked = askedFor(chosenVersion(form, offered)?.variables ?? []);
  return asked.find((each) => !isOwnName(each) && each.default === undefined && (form.values[each.name] ?? '') === '') ?? null;
}

/** The part of a reinstall's body. An empty value is the default. */
export function setupBody({ profile, version, values }: SetupForm): { readonly setup?: SetupRequestInput | null } {
  if (profile === AS_NOW) return {};
  if (profile === NOTHING) return { setup: null };
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  return { setup: { profile, ...(version === '' ? {} : { version: Number(version) }), values: given } };
}
