/** Every simulated provider. Adding one: its folder's `simulator.ts`, and two lines here. */
import { simulation as cloudflare } from '../providers/cloudflare/simulator.ts';
import { simulation as digitalocean } from '../providers/digitalocean/simulator.ts';
import { simulation as vultr } from '../providers/vultr/simulator.ts';
import { simulation as linode } from '../providers/linode/simulator/simulator.ts';
import type { Simulation } from '../providers/simulation.ts';

export const simulations: readonly Simulation[] = [cloudflare, digitalocean, vultr, linode];
