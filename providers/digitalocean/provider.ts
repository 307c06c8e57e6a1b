/** The Pulumi resources of DigitalOcean that Plinth serves. */
import type { ResourceDefinition } from '../resource.ts';
import { droplet } from './droplet.ts';
import { firewall } from './firewall.ts';
import { sshKey } from './ssh-key.ts';

export const resources: readonly ResourceDefinition[] = [droplet, sshKey, firewall];
