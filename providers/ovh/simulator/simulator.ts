/** OVH's API v1.0 on loopback, the Public Cloud's part: its sheet, its words, its catalogue. Flags are those of `simulator/cloud/`. */
import { Refusal, type Sheet, UUIDS } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import { FLAVORS, REGIONS } from './data.ts';
import { errorAnswer, mountAccount, words } from '../../../simulator/cloud/signed-gate.ts';
import { mountProject } from './instances.ts';

const sheet: Sheet = {
  id: 'ovh',
  plans: FLAVORS,
  regions: REGIONS,
  ids: UUIDS,
  times: {
    create: 25_000,
    start: 6_000,
    stop: 5_000,
    reboot: 12_000,
    resize: 60_000,
    rebuild: 30_000,
    remove: 6_000,
    snapshot: 90_000,
    small: 1_000,
    listLag: 400,
    itemLag: 0,
  },
};

/** Of an hour, as the public catalogue words it. */
function hourly(planCode: string, price: number): object {
  return {
    planCode,
    invoiceName: planCode.split('.')[0],
    pricingType: 'consumption',
    product: 'publiccloud-instance',
    family: null,
    addonFamilies: [],
    configurations: [],
    blobs: null,
    consumptionConfiguration: null,
    pricings: [
      {
        phase: 1,
        interval: 1,
        intervalUnit: 'hour',
        mode: 'default',
        strategy: 'tiered',
        type: 'consumption',
        commitment: 0,
        price,
        tax: Math.round(price * 0.2),
        capacities: ['consumption'],
        description: 'hourly',
        mustBeCompleted: false,
        engagementConfiguration: null,
        promotions: [],
        quantity: {
          min: 1,
          max: null,
        },
        repeat: {
          min: 1,
          max: null,
        },
      },
    ],
  };
}

const api: CloudWire = {
  sheet,
  words,
  mount(wire, cloud) {
    mountAccount(wire, cloud.world);
    wire.on('get /1.0/order/catalog/public/cloud', (call) => {
      if (call.query('ovhSubsidiary') === undefined) throw new Refusal('invalid', 'ovhSubsidiary is missing');
      return {
        catalogId: 4e3,
        plans: [],
        planFamilies: [],
        products: [],
        locale: {
          currencyCode: 'EUR',
          subsidiary: call.query('ovhSubsidiary'),
          taxRate: 20,
        },
        addons: FLAVORS.map(({ id, hourly: price }) => hourly(`${id}.consumption`, price)),
      };
    });
    mountProject(wire, cloud);
  },
  errorAnswer,
};

export const simulation = simulateCloud(api);
