/** OVH's public VPS catalogue in Plinth's words: a plan is a model and a term, with the parts that must be ordered with it. */
import { z } from 'zod';
import type { Rest } from '../kit/rest.ts';
import { meOf, priceOf } from '../kit/ovhcloud/api.ts';
import { slugOf } from '../kit/ovhcloud/names.ts';
import { centreAt } from '../kit/ovhcloud/places.ts';
import type { Image, Plan, Region } from '../provider.ts';

const HOURS_A_MONTH = 730;
/** Between a model and its term, where that is longer than a month. */
const TERM = '+';
/** By pricing mode: months, and how the order calls them. */
export const TERMS: Readonly<Record<string, { readonly months: number; readonly duration: string }>> = {
  default: { months: 1, duration: 'P1M' },
  upfront12: { months: 12, duration: 'P1Y' },
};
/** Ranges that are ordered no more, or that are another range's twin, though still listed. */
const UNSOLD = /-vps-.*-vps-|-degressivity\d+$|-10percent$|-(?:eu|ca)$|\.LZ/;

const Pricing = z.looseObject({
  mode: z.string(),
  price: z.number(),
  interval: z.number(),
  capacities: z.array(z.string()),
  phase: z.number().nullish(),
});
const Part = z.looseObject({ planCode: z.string(), invoiceName: z.string(), pricings: z.array(Pricing) });
type Part = z.infer<typeof Part>;
const Model = z.looseObject({
  ...Part.shape,
  configurations: z.array(z.looseObject({ name: z.string(), isMandatory: z.boolean().nullish(), values: z.array(z.string()).nullish() })),
  addonFamilies: z.array(
    z.looseObject({
      name: z.string(),
      mandatory: z.boolean().nullish(),
      default: z.string().nullish(),
      addons: z.array(z.string()).nullish(),
    }),
  ),
  blobs: z
    .looseObject({
      technical: z
        .looseObject({
          cpu: z.looseObject({ cores: z.number() }).nullish(),
          memory: z.looseObject({ size: z.number() }).nullish(),
          storage: z.looseObject({ disks: z.array(z.looseObject({ capacity: z.number() })).nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export type Model = z.infer<typeof Model>;
const Catalogue = z.looseObject({ locale: z.looseObject({ currencyCode: z.string() }), plans: z.array(Model), addons: z.array(Part) });
export type Catalogue = z.infer<typeof Catalogue> & { readonly subsidiary: string };
const Stock = z.looseObject({
  datacenters: z.array(z.looseObject({ datacenter: z.string(), status: z.string(), linuxStatus: z.string().nullish() })),
});

/** What is sold, whole: several megabytes. */
export async function catalogueOf(rest: Rest, signal?: AbortSignal): Promise<Catalogue> {
  const { ovhSubsidiary: subsidiary } = await meOf(rest, signal);
  const told = await rest.call({ path: '/order/catalog/public/vps', query: { ovhSubsidiary: subsidiary }, signal }, Catalogue);
  return {
    ...told,
    subsidiary,
    plans: told.plans.filter(({ planCode, configurations }) => !UNSOLD.test(planCode) && configurations.length > 0),
  };
}

export function split(plan: string): { planCode: string; mode: string } {
  const [planCode = '', mode = 'default'] = plan.split(TERM);
  return { planCode, mode };
}
export function joined(planCode: string, months: number): string {
  const mode = Object.keys(TERMS).find((each) => TERMS[each]!.months === months) ?? 'default';
  return mode === 'default' ? planCode : `${planCode}${TERM}${mode}`;
}

/** Data centres where a model is to be had with Linux now. */
async function stockOf(rest: Rest, subsidiary: string, planCode: string, signal?: AbortSignal): Promise<string[]> {
  const query = { ovhSubsidiary: subsidiary, planCode };
  const { datacenters } = await rest.call({ path: '/vps/order/rule/datacenter', query, signal }, Stock);
  return datacenters.filter(({ status, linuxStatus }) => (linuxStatus ?? status) === 'available').map(({ datacenter }) => datacenter);
}

/** What a part costs for a term: once with the order, and again with each renewal. Null where it is not sold so. */
function costOf({ pricings }: Part, mode: string): { first: number; renewal: number } | null {
  const { months } = TERMS[mode]!;
  const inMode = pricings.filter((each) => each.mode === mode || (mode !== 'default' && each.mode === 'default' && each.price === 0));
  const renews = inMode.find(({ capacities, interval }) => capacities.includes('renew') && interval > 0);
  if (!renews) return null;
  const renewal = priceOf((renews.price * months) / renews.interval);
  const once = inMode.filter(({ capacities }) => capacities.includes('installation') && !capacities.includes('renew'));
  return { renewal, first: renewal + once.reduce((sum, { price }) => sum + priceOf(price), 0) };
}

/** Of each family that must be ordered, its default, else the cheapest that is for Linux. @throws nothing; null where one cannot be had */
export function mandatoryParts(
  { addons }: Catalogue,
  model: Model,
  mode: string,
): { planCode: string; first: number; renewal: number }[] | null {
  const found = model.addonFamilies
    .filter(({ mandatory }) => mandatory === true)
    .map((family) => {
      const sold = (family.addons ?? [])
        .flatMap((code) => addons.find(({ planCode }) => planCode === code) ?? [])
        .filter(({ planCode }) => !/windows/i.test(planCode))
        .flatMap((part) => ((cost) => (cost ? [{ planCode: part.planCode, ...cost }] : []))(costOf(part, mode)));
      const usual = sold.find(({ planCode }) => planCode === family.default);
      return usual ?? sold.toSorted((a, b) => a.renewal - b.renewal)[0];
    });
  return found.includes(undefined) ? null : found.filter((part) => part !== undefined);
}

export async function plans(rest: Rest, signal?: AbortSignal): Promise<Plan[]> {
  const catalogue = await catalogueOf(rest, signal);
  const all = await Promise.all(
    catalogue.plans.map(async (model) => ({ model, regions: await stockOf(rest, catalogue.subsidiary, model.planCode, signal) })),
  );
  return all.flatMap(({ model, regions }) => Object.keys(TERMS).flatMap((mode) => toPlan(catalogue, model, mode, regions) ?? []));
}

function toPlan(catalogue: Catalogue, model: Model, mode: string, regions: string[]): Plan | null {
  const { months } = TERMS[mode]!;
  const own = costOf(model, mode);
  const parts = mandatoryParts(catalogue, model, mode);
  const technical = model.blobs?.technical;
  const [cores, memory, disk] = [technical?.cpu?.cores, technical?.memory?.size, technical?.storage?.disks?.[0]?.capacity];
  if (!own || !parts || cores === undefined || memory === undefined || disk === undefined) return null;
  const sum = (key: 'first' | 'renewal'): number => parts.reduce((total, part) => total + part[key], own[key]);
  const monthly = sum('renewal') / months;
  return {
    id: joined(model.planCode, months),
    name: months === 1 ? model.invoiceName : `${model.invoiceName}, paid for ${months} months`,
    vcpus: cores,
    memoryMb: memory * 1024,
    diskGb: disk,
    transferGb: null,
    priceMonthly: monthly.toFixed(2),
    priceHourly: (monthly / HOURS_A_MONTH).toFixed(5),
    currency: catalogue.locale.currencyCode,
    regions,
    available: regions.length > 0,
    windows: false,
    periods: [{ id: mode, months, first: sum('first').toFixed(2), renewal: sum('renewal').toFixed(2) }],
  };
}

function valuesOf(models: readonly Model[], name: string): string[] {
  return [...new Set(models.flatMap(({ configurations }) => configurations.find((each) => each.name === name)?.values ?? []))];
}

export async function regions(rest: Rest, signal?: AbortSignal): Promise<Region[]> {
  const { plans: models } = await catalogueOf(rest, signal);
  return valuesOf(models, 'vps_datacenter').map((id) => ({
    id,
    name: id,
    ...centreAt(id),
    available: true,
  }));
}

export async function images(rest: Rest, signal?: AbortSignal): Promise<Image[]> {
  const { plans: models } = await catalogueOf(rest, signal);
  return valuesOf(models, 'vps_os')
    .filter((name) => !/windows/i.test(name))
    .map((name) => {
      const distribution = name.split(' ')[0]!.toLowerCase();
      return { id: slugOf(name), name, family: 'linux' as const, distribution, deprecated: false, minDiskGb: 0, regions: null };
    });
}
