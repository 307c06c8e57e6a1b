/** Firewall rules as a person edits them: rows of text, checked as they are typed, and what a change of them lets in or out. */
import type { FirewallRules, FirewallRulesInput } from '../../kit/api/client.ts';

type Rule = FirewallRules[number];
export type Protocol = Rule['protocol'];

export interface RuleRow {
  /** Of this row on the page, whatever it says. */
  readonly key: number;
  readonly protocol: Protocol;
  readonly ports: string;
  readonly sources: string;
}

export const ANYWHERE: readonly string[] = ['0.0.0.0/0', '::/0'];
/** What the contract takes. */
const MOST_SOURCES = 50;
export const MOST_RULES = 100;
const HIGHEST_PORT = 65_535;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** How a row says that no ports are named, which means every one. Said, not left out: nobody shall open them all unawares. */
const ALL = 'all';

let lastKey = 0;
export function rowOf(rule: Omit<Rule, 'sources'> & { readonly sources: readonly string[] }): RuleRow {
  lastKey += 1;
  const ports = rule.ports ?? (rule.protocol === 'icmp' ? '' : ALL);
  return { key: lastKey, protocol: rule.protocol, ports, sources: rule.sources.join(', ') };
}

interface Preset {
  readonly id: 'ssh' | 'mine' | 'web' | 'ping';
  readonly label: string;
  readonly rules: readonly { readonly protocol: Protocol; readonly ports: string | null; readonly sources: readonly string[] }[];
  readonly disabledReason: string | null;
}

/** `address`: where the service sees this browser; null while it is not known. */
export function presets(address: string | null): Preset[] {
  const mine = address === null ? null : isOfTheInternet(address) ? asNetwork(address) : null;
  const why =
    address === null
      ? 'Plinth does not know your address.'
      : mine === null
        ? `Plinth sees you at ${address}, which is no address on the Internet. Type the one your network has there.`
        : null;
  const tcp = (ports: string, sources: readonly string[]) => ({ protocol: 'tcp' as const, ports, sources });
  return [
    { id: 'ssh', label: 'SSH from anywhere', rules: [tcp('22', ANYWHERE)], disabledReason: null },
    { id: 'mine', label: 'SSH from my address', rules: mine === null ? [] : [tcp('22', [mine])], disabledReason: why },
    { id: 'web', label: 'Web: HTTP and HTTPS', rules: [tcp('80', ANYWHERE), tcp('443', ANYWHERE)], disabledReason: null },
    { id: 'ping', label: 'Ping', rules: [{ protocol: 'icmp', ports: null, sources: ANYWHERE }], disabledReason: null },
  ];
}

/** What is wrong with the ports of a row, with a remedy, or null. */
export function portsProblem(protocol: Protocol, text: string): Refused | null {
  const ports = text.trim();
  if (protocol === 'icmp') return null;
  if (ports.toLowerCase() === ALL) return null;
  if (ports === '') return { rule: 'the ports are missing', remedy: `Give one port, a range such as 8000-8100, or “${ALL}”.` };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports);
  if (!match) return { rule: `“${ports}” is no port`, remedy: 'Give one port, or a range such as 8000-8100; one row for each.' };
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > HIGHEST_PORT) return { rule: `ports go from 1 to ${HIGHEST_PORT}`, remedy: 'Correct the number.' };
  return last < first ? { rule: 'the range ends before it begins', remedy: `Write ${last}-${first}.` } : null;
}

export interface Refused {
  readonly rule: string;
  readonly remedy: string;
}

/** What is wrong with the sources of a row, with a remedy, or null. */
export function sourcesProblem(text: string): Refused | null {
  const sources = sourcesIn(text);
  if (sources.length === 0) return { rule: 'the sources are missing', remedy: `For everybody write ${ANYWHERE.join(', ')}.` };
  if (sources.length > MOST_SOURCES) return { rule: `these are more than ${MOST_SOURCES} sources`, remedy: 'Divide them over two rules.' };
  for (const source of sources) {
    const rule = networkProblem(source);
    if (rule !== null) return { rule: `“${source}” ${rule}`, remedy: 'Write addresses as 203.0.113.7, networks as 203.0.113.0/24.' };
  }
  return null;
}

export const rowProblem = (row: RuleRow): Refused | null => portsProblem(row.protocol, row.ports) ?? sourcesProblem(row.sources);

/** The rules that rows without problems mean. */
export function rulesOf(rows: readonly RuleRow[]): FirewallRulesInput & FirewallRules {
  return rows.map(({ protocol, ports, sources }) => ({
    protocol,
    ports: protocol === 'icmp' || ports.trim().toLowerCase() === ALL ? null : ports.trim(),
    sources: [...new Set(sourcesIn(sources).map(asNetwork))],
  }));
}

function sourcesIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** A single address is the network of that address alone. */
function asNetwork(source: string): string {
  if (source.includes('/')) return source.toLowerCase();
  return `${source.toLowerCase()}/${source.includes(':') ? 128 : 32}`;
}

function networkProblem(source: string): string | null {
  const [address = '', prefix, ...more] = source.split('/');
  const bits = isIpv4(address) ? 32 : isIpv6(address) ? 128 : null;
  if (bits === null) return 'is no address or network';
  if (more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return 'has no number after its “/”';
  return prefix !== undefined && Number(prefix) > bits ? `goes beyond /${bits}` : null;
}

function isIpv4(text: string): boolean {
  const match = IPV4.exec(text);
  return match !== null && match.slice(1).every((part) => Number(part) <= 255 && String(Number(part)) === part);
}

function isIpv6(text: string): boolean {
  return /^[0-9a-f:]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`);
}

function isOfTheInternet(address: string): boolean {
  if (isIpv6(address)) return /^[23]/.test(address);
  if (!isIpv4(address)) return false;
  const [a = 0, b = 0] = address.split('.').map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  return !((a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128));
}

/** `TCP 22 from anywhere`. */
function ruleText({ protocol, ports, sources }: Rule): string {
  const what = protocol === 'icmp' ? 'Ping (ICMP)' : `${protocol.toUpperCase()} ${ports ?? '1-65535'}`;
  return `${what} from ${sourcesText(sources)}`;
}

export function sourcesText(sources: readonly string[]): string {
  const everybody = ANYWHERE.every((each) => sources.includes(each));
  const rest = everybody ? sources.filter((each) => !ANYWHERE.includes(each)) : sources;
  return [...(everybody ? ['anywhere'] : []), ...rest].join(', ');
}

interface RuleChange {
  readonly change: 'added' | 'removed' | 'kept';
  readonly text: string;
}

/** Line by line; null means no firewall. Unchanged rules come too, so that the whole is seen. */
export function firewallChanges(before: FirewallRules | null, after: FirewallRules | null): RuleChange[] {
  const lines = (rules: FirewallRules | null): string[] =>
    rules === null ? ['No firewall: everything may come in'] : [...new Set(rules.map(ruleText))];
  const old = lines(before);
  const now = lines(after);
  return [
    ...old.filter((text) => !now.includes(text)).map((text) => ({ change: 'removed' as const, text })),
    ...now.map((text) => ({ change: old.includes(text) ? ('kept' as const) : ('added' as const), text })),
  ];
}

/** Whether somebody can still reach a port by TCP. */
export function letsIn(rules: FirewallRules, port: number): boolean {
  return rules.some(({ protocol, ports }) => {
    if (protocol !== 'tcp') return false;
    const [first = 1, last = first] = (ports ?? `1-${HIGHEST_PORT}`).split('-').map(Number);
    return first <= port && port <= last;
  });
}
