import { VpsSpec } from '../../stacks/spec.ts';

/** The smallest VPS of the fake cloud. */
export function specOf(vpsId: string, change: { label?: string; region?: string; generation?: number } = {}): VpsSpec {
  return VpsSpec.parse({
    version: 1,
    vpsId,
    generation: change.generation ?? 1,
    label: change.label ?? `web-${vpsId}`,
    hostname: `${vpsId}.example.com`,
    compute: {
      provider: 'fakecloud',
      accountId: 'acc1',
      region: change.region ?? 'north',
      plan: 'small',
      image: 'linux',
      windows: false,
      ipv6: false,
      backups: false,
      options: {},
    },
    dns: null,
    tags: [],
    sshPublicKeys: [],
    firewall: null,
    cloudInit: {},
  });
}
