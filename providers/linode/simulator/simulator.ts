/** Linode's API v4, simulated: its sheet, its flags, and the routes that tell of the world as Linode does. */
import { Cloud } from '../../../simulator/cloud/cloud.ts';
import { numbersFrom, type Sheet } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import type { Simulation } from '../../simulation.ts';
import { PROVIDER_ID } from '../descriptor.ts';
import { mountAccount } from './account.ts';
import { mountActions } from './actions.ts';
import { adopt } from './adopt.ts';
import { mountBackups } from './backups.ts';
import { mountCatalogue } from './catalogue.ts';
import { PLANS, REGIONS, TIMES } from './data.ts';
import { mountImages, privateImages } from './images.ts';
import { Linodes } from './linodes.ts';
import { mountNetworking } from './networking.ts';
import { mountParts } from './parts.ts';
import { mountServers } from './servers.ts';
import { mountStackScripts } from './stack-scripts.ts';
import { mountTraffic } from './traffic.ts';
import { errorBody, routesOf, words } from './wire.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  401: 'Invalid Token',
  403: 'Unauthorized',
  404: 'Not found',
  408: 'Please try again',
  429: 'Too many requests',
  503: 'Service Unavailable',
};

const SERVER = [mountServers, mountActions, mountBackups, mountImages, mountTraffic, mountParts, mountNetworking];
const ACCOUNT = [mountCatalogue, mountAccount, mountStackScripts];

const sheet: Sheet = { id: PROVIDER_ID, plans: PLANS, regions: REGIONS, ids: numbersFrom(), times: TIMES };

const linode: CloudWire = {
  sheet,
  words,
  // Linode's Go client compares it with what it asked for.
  contentType: 'application/json',
  accountDefaults: { rateLimit: { requests: 800, perMs: 60_000 }, createLimit: { requests: 20, perMs: 15_000 } },
  adopt,
  mount(wire, cloud) {
    const on = routesOf(wire);
    const linodes = new Linodes(cloud);
    linodes.start();
    for (const mount of [...SERVER, ...ACCOUNT]) mount(on, linodes);
  },
  errorAnswer: (status) => ({
    body: errorBody(REASONS[status] ?? 'Internal Server Error'),
    headers: { 'Content-Type': 'application/json' },
  }),
};

const simulated = simulateCloud(linode);

export const simulation: Simulation = {
  ...simulated,
  /** With Linode's own word for what a server does, and the whole name of the image on its disk, which its label is too short for. */
  instances(world) {
    const linodes = new Linodes(new Cloud(world, sheet));
    return simulated.instances!(world).map((view) => {
      const copyOf = privateImages(world).get(view.image)?.description;
      return { ...view, status: linodes.statusOf(linodes.all.get(view.id)!), ...(copyOf === undefined ? {} : { copyOf }) };
    });
  },
  changeBehindBack(world, id, change) {
    const cloud = new Cloud(world, sheet);
    if (change.plan !== undefined && !cloud.planOf(change.plan)) return false;
    if (!simulated.changeBehindBack!(world, id, change)) return false;
    const linodes = new Linodes(cloud);
    linodes.save(linodes.all.get(id)!);
    return true;
  },
};
