/** What can be said of an order without asking a provider. Each refusal names the field. */
import type { VpsChange } from '../../contract/lifecycle.ts';
import type { VpsCreate } from '../../contract/vps.ts';
import type { Descriptor, PasswordPolicy } from '../../providers/provider.ts';
import { refuseField } from '../problem.ts';
import { sshKeyProblem } from './ssh-key.ts';

const RESERVED_LABELS = new Set(['localhost', 'plinth', 'admin', 'root', 'www', 'mail', 'ns1', 'ns2', 'broadcasthost']);
const HIGHEST_PORT = 65_535;

/** @throws Refusal at the first wrong field. */
export function checkOrder(body: VpsCreate): void {
  checkLabel(body.label);
  checkName('hostname', body.hostname);
  checkName('dns.name', body.dns?.name);
  checkName('dns.zone', body.dns?.zone);
  checkAccess(body);
}

/** Keys and firewall rules, of an order or of a change. @throws Refusal */
export function checkAccess({
  ssh_keys: keys,
  firewall,
}: Pick<Extract<VpsChange, { action: 'configure' }>, 'firewall' | 'ssh_keys'>): void {
  for (const [index, key] of (keys ?? []).entries()) {
    const problem = sshKeyProblem(key);
    if (problem) throw refuseField(`ssh_keys.${index}`, problem, 'Send one line as in ~/.ssh/id_ed25519.pub.');
  }
  for (const [index, rule] of (firewall ?? []).entries()) checkPorts(`firewall.${index}.ports`, rule.protocol, rule.ports);
}

/** What Plinth itself does not take as a label. */
export function checkLabel(label: string): void {
  if (RESERVED_LABELS.has(label))
    throw refuseField('label', `"${label}" is reserved`, 'Choose another label, for example with the customer’s name in it.');
  checkName('label', label);
}

/** What the provider does not take. */
export function checkLabelAt({ name, limits }: Pick<Descriptor, 'name' | 'limits'>, label: string): void {
  if (label.length > limits.labelMaxLength || !limits.labelPattern.test(label))
    throw refuseField('label', `${name} does not take this label`, `Use at most ${limits.labelMaxLength} characters a-z, 0-9 and hyphens.`);
}

/** A name that only looks like another (punycode), or that programs would take for an address, is no name for a server. */
function checkName(field: string, name: string | undefined): void {
  if (name === undefined) return;
  const labels = name.split('.');
  if (labels.some((label) => label.startsWith('xn--')))
    throw refuseField(field, 'punycode is not accepted', 'Use the letters a-z, digits and inner hyphens.');
  if (labels.length > 1 && /^\d+$/.test(labels.at(-1)!))
    throw refuseField(field, 'looks like an IP address', 'Use a name, for example web-1.example.com.');
}

function checkPorts(field: string, protocol: string, ports: string | null): void {
  if (ports === null) return;
  if (protocol === 'icmp') throw refuseField(field, 'ICMP has no ports', 'Leave ports out.');
  const [first, last = first] = ports.split('-').map(Number) as [number, number?];
  if (first < 1 || last > HIGHEST_PORT || last < first)
    throw refuseField(field, `"${ports}" is no port or range`, `Send a port from 1 to ${HIGHEST_PORT}, or a range such as 8000-8100.`);
}

/** A password that the caller brings, against the provider's policy. @throws Refusal */
export function checkPassword(password: string, policy: PasswordPolicy): void {
  const remedy = `Use ${policy.minLength} to ${policy.maxLength} printable ASCII characters with lower case, upper case and digits, or leave it out.`;
  const refuse = (rule: string) => refuseField('root_pass', rule, remedy, 422, 'weak_password');
  if (!/^[\x21-\x7e]+$/.test(password)) throw refuse('has characters that consoles cannot type');
  if (password.length < policy.minLength) throw refuse(`is shorter than ${policy.minLength} characters`);
  if (password.length > policy.maxLength) throw refuse(`is longer than ${policy.maxLength} characters`);
  if (!/[a-z]/.test(password) || !/[A-Z]/.test(password) || !/\d/.test(password)) throw refuse('needs lower case, upper case and a digit');
}
