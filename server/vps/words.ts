/** What people call what a VPS's row has as ids, and what it costs. The provider is not asked: a page must not wait for it. */
import type { VpsDetail } from '../../contract/vps.ts';
import type { Plan } from '../../providers/provider.ts';
import type { VpsSpec } from '../../stacks/spec.ts';
import { rememberedCatalog } from '../accounts/catalog.ts';
import type { VpsDetailView } from './reading-store.ts';
import { providerOf } from '../accounts/accounts.ts';
import { priceAt } from './changes/preview.ts';
import type { Services } from '../kernel/services.ts';

/** From the catalogue as it was read last, however long ago: names do not change, and a price is what was shown. */
export async function wordsOf(
  services: Services,
  vps: VpsDetailView,
): Promise<Pick<VpsDetail, 'names' | 'provider_price' | 'organization_name'>> {
  const { plans, regions, images } = await rememberedCatalog(services, vps.accountId);
  const plan = plans.get(vps.plan);
  const { compute } = vps.spec as unknown as VpsSpec;
  return {
    organization_name: vps.organizationName,
    names: {
      provider: providerOf(services, vps.account).descriptor.name,
      region: regions.get(vps.region)?.name ?? vps.region,
      plan: plan ? sizeOf(plan) : vps.plan,
      image: images.get(vps.image)?.name ?? vps.image,
    },
    provider_price: priceAt(plans.get(compute.plan), compute),
  };
}

/** `2 vCPU, 4 GB, 80 GB disk` */
function sizeOf({ vcpus, memoryMb, diskGb }: Plan): string {
  const memory = memoryMb < 1024 ? `${memoryMb} MB` : `${Number((memoryMb / 1024).toFixed(1))} GB`;
  return `${vcpus} vCPU, ${memory}, ${diskGb} GB disk`;
}
