/** The Pulumi resources that this folder serves, by the vendor's tokens. */
import type { ResourceDefinition } from '../resource.ts';
import { firewallRuleResource } from './firewall-rule.ts';
import { instanceResource } from './instance-resource.ts';
import { firewallGroupResource, sshKeyResource, startupScriptResource } from './named-resources.ts';
import { reverseIpv4Resource } from './reverse-ipv4.ts';
import { reverseIpv6Resource } from './reverse-ipv6.ts';

export const resources: readonly ResourceDefinition[] = [
  instanceResource,
  sshKeyResource,
  firewallGroupResource,
  firewallRuleResource,
  startupScriptResource,
  reverseIpv4Resource,
  reverseIpv6Resource,
];
