/** The simulated clouds that sell servers by the hour: every test of a server's whole life goes through each of them. */
import { simulatedCredentialOf } from '../../providers/credential.ts';
import { endingOf } from '../../providers/manners.ts';
import { findProvider, providers } from '../../providers/list.ts';
import { LONG } from './long.ts';

/** PLINTH_TEST_CLOUDS leaves only some, separated by commas, for work on one of them. */
const chosen = process.env['PLINTH_TEST_CLOUDS']?.split(',');

/**
 * What a usual run lives its lives at. Further clouds differ from these by their words, which the contract suite holds, and have one
 * life in `test/life.test.ts`; the long tests take all.
 */
const USUAL_CLOUDS = ['digitalocean', 'linode', 'vultr', 'hetzner'];

const all: readonly string[] = providers
  .filter(
    ({ compute, instance, descriptor }) => compute && instance && descriptor.apiBaseUrl !== null && endingOf(descriptor).when === 'now',
  )
  .map(({ descriptor }) => descriptor.id);

export const CLOUDS: readonly string[] = all.filter((id) => (chosen ? chosen.includes(id) : LONG || USUAL_CLOUDS.includes(id)));

export const OTHER_CLOUDS: readonly string[] = all.filter((id) => (chosen ? chosen.includes(id) : !USUAL_CLOUDS.includes(id)));

/** Clouds that a suite goes through in a usual run. `PLINTH_LONG_TESTS` takes every one. */
const USUAL = 1;

/**
 * For a suite that lives long lives: some of the clouds, other ones for another suite, the same in each run, so that every
 * cloud has its turns however many there are; all of them in `npm run test:long`. Says what it leaves for then.
 * @param usual two where what one cannot is told beside what another can
 */
export function cloudsOf(suite: string, usual = USUAL): readonly string[] {
  if (LONG || chosen !== undefined || CLOUDS.length <= usual) return CLOUDS;
  const start = [...suite].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 9_973, 7) % CLOUDS.length;
  const own = Array.from({ length: usual }, (_, index) => CLOUDS[(start + index) % CLOUDS.length]!);
  console.info(`${suite}: at ${own.join(' and ')}; at all ${CLOUDS.length} clouds with npm run test:long`);
  return own;
}

/** Plans of one family grow into each other: `g6-nanode-1` is of `g6`, `t3.small` of `t3`, `cx23` of `cx`. */
export const familyOf = (plan: string): string => (/[-.]/.test(plan) ? plan.split(/[-.]/, 1)[0]! : plan.replace(/\d+$/, ''));

/** The key of a simulated account as the API takes it: one text, or fields by name. */
export function simulatedKey(provider: string, token: string): string | Readonly<Record<string, string>> {
  const { descriptor } = findProvider(provider)!;
  const { credentialFields } = descriptor;
  const isText = credentialFields.length === 1 && credentialFields[0]!.type !== 'document';
  return isText ? token : simulatedCredentialOf(descriptor, token);
}
