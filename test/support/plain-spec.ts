import { VpsSpec } from '../../stacks/spec.ts';

type Named = Pick<VpsSpec, 'vpsId' | 'label' | 'hostname'> & Partial<Pick<VpsSpec, 'generation'>>;
type Machine = Pick<VpsSpec['compute'], 'provider' | 'accountId' | 'region' | 'plan' | 'image'>;

/** The smallest spec: a Linux server and nothing besides. */
export function plainSpec(named: Named, machine: Machine): VpsSpec {
  return VpsSpec.parse({
    version: 1,
    generation: 1,
    ...named,
    compute: { ...machine, windows: false, ipv6: false, backups: false, options: {} },
    dns: null,
    tags: [],
    sshPublicKeys: [],
    firewall: null,
    cloudInit: {},
  });
}
