/** What creating a VPS will make, from the form alone; the same list the stack's program declares. */
interface PlannedInput {
  readonly label: string;
  readonly keys: number;
  readonly firewall: boolean;
  readonly dnsName: string | null;
  readonly ipv6: boolean;
  readonly reverse: boolean;
  readonly backups: boolean;
}
interface PlannedResource {
  readonly kind: string;
  readonly detail: string;
}

export function plannedResources(input: PlannedInput): PlannedResource[] {
  return [
    { kind: 'Password', detail: 'generated, kept encrypted, shown once' },
    ...(input.keys > 0
      ? [{ kind: input.keys === 1 ? 'SSH key' : `${input.keys} SSH keys`, detail: 'put on the server before its first start' }]
      : []),
    { kind: 'Server', detail: input.label || 'named as you choose' },
    ...(input.firewall ? [{ kind: 'Firewall', detail: 'lets SSH, HTTP, HTTPS and ping in, nothing else' }] : []),
    ...(input.backups ? [{ kind: 'Backups', detail: 'by the provider’s own schedule' }] : []),
    ...(input.dnsName === null ? [] : [{ kind: input.ipv6 ? 'DNS records A and AAAA' : 'DNS record A', detail: input.dnsName }]),
    ...(input.dnsName === null || !input.reverse ? [] : [{ kind: 'Reverse DNS', detail: 'the addresses lead back to the name' }]),
  ];
}

/** Lines of the key field; empty ones do not count. */
export function keyLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
