/** What sets a system up, as `vps create`, `vps reinstall` and `order create` are told it. */
import type { OptionSpecs, Values } from '../command.ts';
import { usage } from '../errors.ts';

export const SETUP_OPTIONS = {
  setup: { type: 'string', value: 'PROFILE[@VERSION]', help: 'set-up profile, newest version by default' },
  'setup-value': { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'a variable of the profile' },
} as const satisfies OptionSpecs;

/** The request's `setup`; nothing where none was said. @param command for what is said of a wrong one */
export function setupOf(command: string, { setup: word, 'setup-value': given }: Values<typeof SETUP_OPTIONS>): { setup?: object } {
  if (word === undefined) {
    if (given.length > 0) throw usage(`plinth ${command}: --setup-value needs --setup.`);
    return {};
  }
  const [, profile, version] = /^([^@]+)(?:@(\d{1,6}))?$/.exec(word) ?? [];
  if (profile === undefined) throw usage(`plinth ${command}: --setup "${word}" is none. Type a profile, or a version of it: my-app@3.`);
  const values: Record<string, string> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw usage(`plinth ${command}: --setup-value "${text}" is none. Type a variable and its value: DOMAIN=example.com.`);
    values[text.slice(0, at)] = text.slice(at + 1);
  }
  return { setup: { profile, ...(version === undefined ? {} : { version: Number(version) }), values } };
}
