/** What can be said of an order without asking a provider. Each refusal names the field. */
import type { VpsChange } from '../../../contract/lifecycle.ts';
import type { VpsCreate } from '../../../contract/vps.ts';
import type { PasswordPolicy } from '../../../providers/provider.ts';
import { refuseField } from '../../kernel/problem.ts';
import { hostOf } from '../../kernel/host-names.ts';
import { sshKeyProblem } from '../ssh-keys/public-key.ts';
import { timeZoneProblem } from './time-zone.ts';

const RESERVED_LABELS = new Set(['localhost', 'plinth', 'admin', 'root', 'www', 'mail', 'ns1', 'ns2', 'broadcasthost']);
const HIGHEST_PORT = 65_535;

/** Answers the host name as DNS has it. @throws Refusal at the first wrong field. */
export function checkOrder(body: VpsCreate): { hostname: string | undefined } {
  checkLabel(body.label);
  const hostname = body.hostname === undefined ? undefined : hostOf('hostname', body.hostname);
  checkAccess(body);
  checkCloudInit(body.cloud_init ?? {});
  return { hostname };
}

function checkCloudInit({ users, files, timezone }: NonNullable<VpsCreate['cloud_init']>): void {
  for (const [index, { ssh_keys: keys }] of (users ?? []).entries()) checkKeys(`cloud_init.users.${index}.ssh_keys`, keys);
  for (const [index, { content, encoding }] of (files ?? []).entries()) {
    // Exactly what a decoder gives back: cloud-init's stops at nothing and would write something else.
    if (encoding === 'base64' && Buffer.from(content, 'base64').toString('base64') !== content)
      throw refuseField(`cloud_init.files.${index}.content`, 'is not base64', 'Send one line as `base64 -w0 file` prints it.');
  }
  const problem = timezone === undefined ? null : timeZoneProblem(timezone);
  if (problem) throw refuseField('cloud_init.timezone', problem, 'Send a name of the IANA database, for example Europe/Berlin.');
}

/** Keys and firewall rules, of an order or of a change. @throws Refusal */
export function checkAccess({
  ssh_keys: keys,
  firewall,
}: Pick<Extract<VpsChange, { action: 'configure' }>, 'firewall' | 'ssh_keys'>): void {
  checkKeys('ssh_keys', keys);
  for (const [index, rule] of (firewall ?? []).entries()) checkPorts(`firewall.${index}.ports`, rule.protocol, rule.ports);
}

export function checkKeys(field: string, keys: readonly string[] = []): void {
  for (const [index, key] of keys.entries()) requireSshKey(`${field}.${index}`, key);
}

/** @throws Refusal that does not repeat the text: a private key may have been pasted */
export function requireSshKey(field: string, key: string): void {
  const problem = sshKeyProblem(key);
  if (problem) throw refuseField(field, problem, 'Send one line as in ~/.ssh/id_ed25519.pub.');
}

/** What Plinth itself does not take as a label. */
export function checkLabel(label: string): void {
  if (RESERVED_LABELS.has(label))
    throw refuseField('label', `"${label}" is reserved`, 'Choose another label, for example with the customer’s name in it.');
  hostOf('label', label);
}

function checkPorts(field: string, protocol: string, ports: string | null): void {
  if (ports === null) return;
  if (protocol === 'icmp') throw refuseField(field, 'ICMP has no ports', 'Leave ports out.');
  const [first, last = first] = ports.split('-').map(Number) as [number, number?];
  if (first < 1 || last > HIGHEST_PORT || last < first)
    throw refuseField(field, `"${ports}" is no port or range`, `Send a port from 1 to ${HIGHEST_PORT}, or a range such as 8000-8100.`);
}

/** Never fewer, whatever a provider would take. */
const SHORTEST_PASSWORD = 10;
/** Of ten characters and more, what is tried first everywhere: lists of leaked passwords, and what keyboards suggest. */
const COMMON = new Set(
  [
    '1234567890 0123456789 0987654321 1234567891 12345678910 123456789a password12 password123 password1234 passw0rd123',
    'qwertyuiop qwerty1234 qwerty12345 qwertyuiop1 1q2w3e4r5t 1qaz2wsx3edc qazwsxedcrfv zaq12wsxcde3 asdfghjkl1 asdfghjkl123',
    'iloveyou12 iloveyou123 letmein123 letmein1234 welcome123 welcome1234 administrator administrator1 admin12345 admin123456',
    'root123456 rootpassword changeme123 changeme1234 sunshine123 princess123 football123 baseball123 superman123 dragon12345',
    'abcdefghij abcdefghijk abcdefghijkl abc1234567 abc123456789 a123456789 aa12345678 monkey12345 trustno1trustno1',
  ].flatMap((line) => line.split(' ')),
);

/**
 * A password that the caller brings, against the provider's own rule. Which kinds of characters it has is the caller's: rules
 * of composition that no provider publishes make no password better.
 * @throws Refusal
 */
export function checkPassword(password: string, policy: PasswordPolicy): void {
  const least = Math.max(policy.minLength, SHORTEST_PASSWORD);
  const remedy = `Use ${least} to ${policy.maxLength} printable ASCII characters that nobody guesses, or leave it out.`;
  const refuse = (rule: string) => refuseField('root_pass', rule, remedy, 422, 'weak_password');
  if (!/^[\x21-\x7e]+$/.test(password)) throw refuse('has characters that consoles cannot type');
  if (password.length < least) throw refuse(`is shorter than ${least} characters`);
  if (password.length > policy.maxLength) throw refuse(`is longer than ${policy.maxLength} characters`);
  if (COMMON.has(password.toLowerCase()) || new Set(password).size < 3) throw refuse('is among the first that anybody tries');
}
