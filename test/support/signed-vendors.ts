/** Vendors whose API wants every call signed, as a person with a console or another tool uses them. */
import { Ec2, tagged } from '../../providers/aws/ec2.ts';
import { Gce, pathOf } from '../../providers/gcp/gce.ts';
import { Project } from '../../providers/ovh/rest.ts';
import { isProviderError } from '../../providers/errors.ts';
import type { Rest } from '../../providers/kit/rest.ts';
import type { AccountConnection } from '../../providers/provider.ts';
import { RateBudget } from '../../providers/rate-budget.ts';
import type { Order, Told } from './vendor-orders.ts';

export interface SignedApi {
  /** Resolves with the server's id. */
  readonly make: (order: Order) => Promise<string>;
  /** null when the vendor has no such server. */
  readonly find: (id: string) => Promise<Told | null>;
}

const pairs = (tags: readonly string[]): Record<string, string> => Object.fromEntries(tags.map((tag) => [tag, '']));
export const isMark = (tag: string): boolean => /^plinth-(?:vps|urn)-/.test(tag);
const signal = AbortSignal.timeout(600_000);

async function look(rest: Rest, id: string, word = 'instances'): Promise<Told | null> {
  const answer = await rest.send({ path: `/${word}/${encodeURIComponent(id)}`, signal }).catch((error: unknown) => {
    if (isProviderError(error, 'not_found')) return null;
    throw error;
  });
  return answer && (answer.body as Told);
}

function aws(connection: AccountConnection): SignedApi {
  const ec2 = new Ec2(connection);
  return {
    find: (id) => look(ec2, id),
    async make({ label, plan, image, tags }) {
      const { supportedArchitectures: architectures } = (await ec2.type(plan)).processorInfo;
      const params = {
        Action: 'RunInstances',
        ImageId: (await ec2.ami(image, architectures)).imageId,
        InstanceType: plan,
        MinCount: 1,
        MaxCount: 1,
        ClientToken: `console-${label}`,
        ...tagged(['instance'], { Name: label, ...pairs(tags) }),
      };
      const { body } = await ec2.act({ signal }, params);
      return (body as { instancesSet: [{ instanceId: string }] }).instancesSet[0].instanceId;
    },
  };
}

function gcp(connection: AccountConnection): SignedApi {
  const gce = new Gce(connection);
  return {
    find: (id) => look(gce, id),
    async make({ label: name, region: zone, plan, image, tags }) {
      const [project, family] = image.includes('/') ? image.split('/') : ['ubuntu-os-cloud', image];
      const at = `projects/${gce.project}/zones/${zone}`;
      const sourceImage = `projects/${project}/global/images/family/${family}`;
      const begun = await gce.act({ signal }, `${at}/instances`, {
        name,
        machineType: `zones/${zone}/machineTypes/${plan}`,
        labels: pairs(tags),
        disks: [{ boot: true, autoDelete: true, initializeParams: { sourceImage } }],
        networkInterfaces: [{ network: 'global/networks/default', accessConfigs: [{ type: 'ONE_TO_ONE_NAT', name: 'External NAT' }] }],
      });
      const { body } = await gce.ended(begun, 'creation', signal);
      return pathOf((body as { targetLink: string }).targetLink);
    },
  };
}

function ovh(connection: AccountConnection): SignedApi {
  const project = new Project(connection);
  return {
    find: (id) => look(project, id, 'instance'),
    async make({ label, region, plan, image, tags }) {
      // A name is all that a server carries there, and takes no other tags than marks.
      const name = [...tags.filter(isMark), label].join('.');
      const [flavorId, imageId] = await Promise.all([project.flavorId(plan, region, signal), project.imageId(image, region, signal)]);
      const { body } = await project.send({ method: 'POST', path: '/instance', body: { name, region, flavorId, imageId }, signal });
      return (body as { id: string }).id;
    },
  };
}

const SIGNED: Readonly<Record<string, (connection: AccountConnection) => SignedApi>> = { aws, gcp, ovh };

/** undefined for a vendor that takes a bearer's token. */
export function signedApi(provider: string, baseUrl: string, credential: Readonly<Record<string, string>>): SignedApi | undefined {
  const endpoint = { kind: 'simulator', baseUrl } as const;
  return SIGNED[provider]?.({ accountId: 'console', credential, endpoint, budget: new RateBudget(10_000, 1_000) });
}
