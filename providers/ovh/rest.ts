/** One project's calls, and what its flavours and images are called in each region. */
import { z } from 'zod';
import type { Rest } from '../kit/rest.ts';
import { type Ask, part } from '../kit/rest.ts';
import type { AccountConnection } from '../provider.ts';
import { slugOf } from '../kit/ovhcloud/names.ts';
import { dialectOf, OvhRest, VERSION } from '../kit/ovhcloud/api.ts';

const dialect = dialectOf('ovh', 'OVH');
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export const Flavor = z.looseObject({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  vcpus: z.number(),
  ram: z.number(),
  disk: z.number(),
  osType: z.string(),
  available: z.boolean(),
  type: z.string().nullish(),
  planCodes: z.looseObject({ hourly: z.string().nullish() }).nullish(),
});
export type Flavor = z.infer<typeof Flavor>;
export const SystemImage = z.looseObject({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  type: z.string(),
  status: z.string(),
  visibility: z.string(),
  minDisk: z.number(),
  size: z.number().nullish(),
  creationDate: z.string(),
  user: z.string().nullish(),
});
export type SystemImage = z.infer<typeof SystemImage>;

export class Project extends OvhRest {
  readonly id: string;
  /** What is no project's: the account, catalogues, addresses. */
  readonly root: Rest;
  constructor(connection: AccountConnection) {
    const { project = '' } = connection.credential;
    super({ ...dialect, basePath: `${VERSION}/cloud/project/${part(project)}` }, connection);
    this.id = project;
    this.root = new OvhRest({ ...dialect, basePath: VERSION }, connection);
  }

  flavors(region?: string, signal?: AbortSignal): Promise<Flavor[]> {
    return this.call({ path: '/flavor', query: { region }, signal }, z.array(Flavor));
  }
  images(region?: string, signal?: AbortSignal): Promise<SystemImage[]> {
    return this.call({ path: '/image', query: { region, osType: 'linux' }, signal }, z.array(SystemImage));
  }

  /** Flavours have one name everywhere and another id in each region. @throws ProviderError `out_of_stock` */
  async flavorId(name: string, region: string, signal?: AbortSignal): Promise<string> {
    if (UUID.test(name)) return name;
    const found = (await this.flavors(region, signal)).find((each) => each.name === name);
    if (!found)
      throw this.error('out_of_stock', `OVH has no flavour "${name}" in ${region}. Choose another flavour or region.`, {
        field: 'flavorId',
      });
    if (!found.available)
      throw this.error('out_of_stock', `The flavour "${name}" is not available in ${region} now. Choose another, or try later.`, {
        field: 'flavorId',
      });
    return found.id;
  }

  /** Of images of one name, the newest; ids of snapshots pass. @throws ProviderError `invalid` */
  async imageId(name: string, region: string, signal?: AbortSignal): Promise<string> {
    if (UUID.test(name)) return name;
    const [newest] = (await this.images(region, signal))
      .filter((each) => slugOf(each.name) === slugOf(name) && each.status === 'active')
      .sort((a, b) => b.creationDate.localeCompare(a.creationDate));
    if (!newest) throw this.error('invalid', `OVH has no image "${name}" in ${region}. Choose another.`, { field: 'imageId' });
    return newest.id;
  }

  /** An order by names, as the region calls them. */
  override async buy<T>(ask: Ask, shape: z.ZodType<T>): Promise<T> {
    const { sshKeyName, ...body } = ask.body as { flavorId: string; imageId: string; region: string; sshKeyName?: string };
    const flavorId = await this.flavorId(body.flavorId, body.region, ask.signal);
    const imageId = await this.imageId(body.imageId, body.region, ask.signal);
    const sshKeyId = sshKeyName === undefined ? undefined : await this.#keyId(sshKeyName, ask.signal);
    return super.buy({ ...ask, body: { ...body, flavorId, imageId, ...(sshKeyId === undefined ? {} : { sshKeyId }) } }, shape);
  }

  async #keyId(name: string, signal?: AbortSignal): Promise<string> {
    const keys = await this.call({ path: '/sshkey', signal }, z.array(z.looseObject({ id: z.string(), name: z.string() })));
    const found = keys.find((each) => each.name === name || each.id === name);
    if (!found) throw this.error('invalid', `The project has no SSH key "${name}".`, { field: 'sshKeyName' });
    return found.id;
  }
}
