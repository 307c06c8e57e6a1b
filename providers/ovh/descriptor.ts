/** OVH Public Cloud: what it is. Facts and their sources stand in README.md. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { can, cannot, cloudOptions, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';
import { applicationFields, credentialFields, simulatedApplication } from '../kit/ovhcloud/credential.ts';

const options = z.strictObject(cloudOptions);

/** The project that a simulated account has. */
export function projectOf(token: string): string {
  return createHash('md5').update(token).digest('hex');
}

export const descriptor: Descriptor = {
  id: 'ovh',
  name: 'OVH Public Cloud',
  roles: ['compute'],
  pulumiPackage: 'ovh',
  pulumiPackageVersion: '2.19.1',
  apiBaseUrl: 'https://eu.api.ovh.com',
  simulatorPath: '/ovh',
  credential: z.strictObject({
    ...applicationFields,
    project: z
      .string()
      .trim()
      .regex(/^[0-9a-f]{32}$/, 'The id of a Public Cloud project has 32 letters and digits.'),
  }),
  credentialFields: [
    ...credentialFields,
    { name: 'project', label: 'Project', help: 'Public Cloud → the project → its id, below the name.' },
  ],
  simulatedCredential: (token) => ({ ...simulatedApplication(token), project: projectOf(token) }),
  options,
  mark: { carrier: 'name', keepsTags: false },
  capabilities: {
    resizeUp: can,
    resizeDown: cannot('OVH never shrinks a disk; only a flavour with the same disk is taken.'),
    rebuild: can,
    resetPassword: cannot('OVH sets no password in an instance: reinstall it, or set it inside.'),
    rename: can,
    snapshots: can,
    serverFromSnapshot: can,
    backups: cannot('OVH orders its backups as workflows of a region, which its documented API leaves out.'),
    rescue: can,
    firewall: cannot('OVH’s API reaches the security groups of an instance only through OpenStack’s own.'),
    reverseDns: can,
    bandwidth: can,
    metrics: can,
    startupScript: can,
    windows: cannot('A Windows instance at OVH asks for its first password at its own screen only.'),
    ipv6: can,
    balance: cannot('OVH tells no balance of a project.'),
    consumption: cannot('OVH’s documented API tells the use of a project on its invoices only.'),
    console: can,
  },
  limits: { userDataBytes: 32_768, labelMaxLength: 63, labelPattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ },
  // OVH publishes no limit; this is far below what its own tools ask for.
  rate: { requests: 600, perMs: 60_000 },
  password: { ...strongPassword, minLength: 10, maxLength: 128 },
  // OpenStack keeps the user data of a server that is rebuilt.
  rebuildKeepsPassword: true,
  docsUrl: 'https://eu.api.ovh.com/console/',
};
