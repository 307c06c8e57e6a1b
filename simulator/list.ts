/** Every simulated provider. Adding one: its folder's `simulator.ts`, and two lines here. Payments are the simulator's own. */
import { simulation as aws } from '../providers/aws/simulator/simulator.ts';
import { simulation as cloudflare } from '../providers/cloudflare/simulator/simulator.ts';
import { simulation as digitalocean } from '../providers/digitalocean/simulator/simulator.ts';
import { simulation as gcp } from '../providers/gcp/simulator/simulator.ts';
import { simulation as hetzner } from '../providers/hetzner/simulator/simulator.ts';
import { simulation as hostinger } from '../providers/hostinger/simulator/simulator.ts';
import { simulation as hetznerdns } from '../providers/hetznerdns/simulator.ts';
import { simulation as digitaloceandns } from '../providers/digitaloceandns/simulator.ts';
import { simulation as linodedns } from '../providers/linodedns/simulator.ts';
import { simulation as powerdns } from '../providers/powerdns/simulator.ts';
import { simulation as rfc2136 } from '../providers/rfc2136/simulator.ts';
import { simulation as route53 } from '../providers/route53/simulator.ts';
import { simulation as ovh } from '../providers/ovh/simulator/simulator.ts';
import { simulation as ovhvps } from '../providers/ovhvps/simulator/simulator.ts';
import { simulation as smartvps } from '../providers/smartvps/simulator.ts';
import { simulation as vultr } from '../providers/vultr/simulator/simulator.ts';
import { simulation as linode } from '../providers/linode/simulator/simulator.ts';
import { simulation as payments } from './payments/simulation.ts';
import type { Simulation } from '../providers/simulation.ts';

export const simulations: readonly Simulation[] = [
  cloudflare,
  digitalocean,
  vultr,
  linode,
  hetzner,
  aws,
  gcp,
  hostinger,
  smartvps,
  powerdns,
  hetznerdns,
  digitaloceandns,
  linodedns,
  route53,
  rfc2136,
  ovh,
  ovhvps,
  payments,
];
