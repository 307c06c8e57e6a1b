/** The Pulumi resources of Linode that the provider host serves. */
import type { ResourceDefinition } from '../resource.ts';
import type { LinodeClient } from './client.ts';
import { firewallResource } from './firewall-resource.ts';
import { instanceResource } from './instance-resource.ts';
import { rdnsResource } from './rdns-resource.ts';
import { sshKeyResource } from './ssh-key-resource.ts';
import { stackScriptResource } from './stack-script-resource.ts';

export const resources: readonly ResourceDefinition<LinodeClient>[] = [
  instanceResource,
  sshKeyResource,
  firewallResource,
  stackScriptResource,
  rdnsResource,
];
