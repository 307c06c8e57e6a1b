/**
 * OVH's API v1.0 on loopback, the part of orders and VPSes. Flags besides those of `simulator/cloud/`, for an account: `order-unpaid`
 * (the payment method asks for a person), `no-payment-method`.
 */
import { Refusal, type Sheet, numbersFrom } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import { errorAnswer, mountAccount, words } from '../../../simulator/cloud/signed-gate.ts';
import { catalogue, DATACENTERS, MODELS } from './data.ts';
import { mountMachines } from './machines.ts';
import { deliver, mountOrders } from './orders.ts';

const sheet: Sheet = {
  id: 'ovhvps',
  plans: MODELS,
  regions: DATACENTERS.map((id) => ({ id })),
  ids: numbersFrom(70_000_000),
  times: {
    create: 60_000,
    start: 8_000,
    stop: 6_000,
    reboot: 15_000,
    resize: 60_000,
    rebuild: 90_000,
    remove: 4_000,
    snapshot: 60_000,
    small: 1_000,
    listLag: 0,
    itemLag: 0,
  },
};

const api: CloudWire = {
  sheet,
  words,
  mount(wire, cloud) {
    cloud.world.onTimer('deliver', (payload) => deliver(cloud, String(payload['order'])));
    mountAccount(wire, cloud.world);
    wire.on('get /1.0/order/catalog/public/vps', (call) => {
      const subsidiary = call.query('ovhSubsidiary');
      if (subsidiary === undefined) throw new Refusal('invalid', 'ovhSubsidiary is missing');
      return catalogue(subsidiary);
    });
    wire.on('get /1.0/vps/order/rule/datacenter', (call) => {
      const model = MODELS.find(({ id }) => id === call.query('planCode'));
      if (!model) throw new Refusal('invalid', 'planCode is unknown');
      const datacenters = DATACENTERS.map((datacenter) => {
        const status = cloud.inStock(model, datacenter) ? 'available' : 'out-of-stock';
        return { datacenter, code: datacenter.toLowerCase(), status, linuxStatus: status, windowsStatus: status, daysBeforeDelivery: 0 };
      });
      return { datacenters };
    });
    mountOrders(wire, cloud);
    mountMachines(wire, cloud);
  },
  errorAnswer,
};

export const simulation = simulateCloud(api);
