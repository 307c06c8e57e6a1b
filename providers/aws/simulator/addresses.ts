/** Elastic addresses at EC2: allocated, led to a server, named, released. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimServer } from '../../../simulator/cloud/model.ts';
import type { SimWorld } from '../../simulation.ts';
import { known, shown } from './objects.ts';
import type { Actions, Asked } from './wire.ts';

const ADDRESSES = 100;

interface Address {
  id: string;
  account: string;
  ip: string;
  instanceId: string | null;
  labels: Record<string, string>;
  ptr: string | null;
}
export const addressesOf = (world: SimWorld) => world.collection<Address>('addresses');
const addresses = (cloud: Cloud) => addressesOf(cloud.world);
export function addressOf(cloud: Cloud, { id }: SimServer): Address | undefined {
  return addresses(cloud).find(({ instanceId }) => instanceId === id);
}

export function addressActions(cloud: Cloud): Actions {
  return { ...leadActions(cloud), ...nameActions(cloud) };
}

function finders(cloud: Cloud) {
  const all = (asked: Asked) => addresses(cloud).filter(({ account }) => account === asked.owner);
  const one = (asked: Asked, id = asked.required('AllocationId')): Address => {
    const found = all(asked).find((address) => address.id === id);
    if (!found) throw new Refusal('not_found', `The allocation ID '${id}' does not exist`, 'InvalidAllocationID.NotFound');
    return found;
  };
  const most = (asked: Asked): number => (cloud.world.hasFlag('no-addresses', asked.account.id) ? 0 : ADDRESSES);
  return { all, one, most };
}

function leadActions(cloud: Cloud): Actions {
  const { all, one, most } = finders(cloud);
  /** A server takes it, or has an address of chance again. */
  const lead = (address: Address, instanceId: string | null): void => {
    const [before, after] = [address.instanceId, instanceId].map((id) => (id === null ? undefined : cloud.servers.get(id)));
    if (before && before.id !== instanceId) cloud.change(before, { ipv4: '' });
    if (after) cloud.change(after, { ipv4: address.ip });
    addresses(cloud).put({ ...address, instanceId });
  };
  const show = ({ id, ip, instanceId, labels }: Address): object => {
    const held = instanceId !== null && cloud.servers.get(instanceId) !== undefined;
    return {
      publicIp: ip,
      allocationId: id,
      domain: 'vpc',
      ...(held ? { instanceId, associationId: id.replace('eipalloc', 'eipassoc') } : {}),
      tagSet: shown(labels),
    };
  };
  return {
    AllocateAddress(asked) {
      if (all(asked).length >= most(asked))
        throw new Refusal('quota', 'The maximum number of addresses has been reached.', 'AddressLimitExceeded');
      const address = {
        id: `eipalloc-0${cloud.world.hex(16)}`,
        account: asked.owner,
        ip: cloud.world.allocateIpv4(),
        instanceId: null,
        labels: asked.tagsFor('elastic-ip'),
        ptr: null,
      };
      addresses(cloud).put(address);
      return { publicIp: address.ip, domain: 'vpc', allocationId: address.id };
    },
    DescribeAddresses(asked) {
      const ids = asked.list('AllocationId');
      const chosen = ids.length > 0 ? ids.map((id) => one(asked, id)) : all(asked);
      return {
        addressesSet: chosen
          .filter((each) => asked.passes((name) => (name === 'instance-id' ? [each.instanceId ?? ''] : known(each.labels)(name))))
          .map(show),
      };
    },
    AssociateAddress(asked) {
      const address = one(asked);
      const server = cloud.server(asked.account.id, asked.required('InstanceId'));
      if (server.phase === 'creating')
        throw new Refusal(
          'conflict',
          `The pending instance '${server.id}' is not in a valid state for this operation.`,
          'InvalidInstanceID',
        );
      lead(address, server.id);
      return { return: true, associationId: address.id.replace('eipalloc', 'eipassoc') };
    },
    DisassociateAddress(asked) {
      const id = asked.required('AssociationId').replace('eipassoc', 'eipalloc');
      const found = all(asked).find((address) => address.id === id && address.instanceId !== null);
      if (!found) throw new Refusal('not_found', `The association ID does not exist`, 'InvalidAssociationID.NotFound');
      lead(found, null);
      return { return: true };
    },
    ReleaseAddress(asked) {
      const address = one(asked);
      if (address.instanceId !== null && cloud.servers.get(address.instanceId))
        throw new Refusal('in_use', 'Address is in use.', 'InvalidIPAddress.InUse');
      addresses(cloud).delete(address.id);
      return { return: true };
    },
  };
}

function nameActions(cloud: Cloud): Actions {
  const { one, most } = finders(cloud);
  return {
    ModifyAddressAttribute(asked) {
      const address = addresses(cloud).put({ ...one(asked), ptr: `${asked.required('DomainName')}.` });
      return { address: { publicIp: address.ip, allocationId: address.id, ptrRecordUpdate: { value: address.ptr, status: 'PENDING' } } };
    },
    ResetAddressAttribute(asked) {
      const address = addresses(cloud).put({ ...one(asked), ptr: null });
      return { address: { publicIp: address.ip, allocationId: address.id } };
    },
    DescribeAddressesAttribute(asked) {
      const found = asked.list('AllocationId').map((id) => one(asked, id));
      return { addressSet: found.map(({ ip, id, ptr }) => ({ publicIp: ip, allocationId: id, ptrRecord: ptr ?? undefined })) };
    },
    DescribeAccountAttributes(asked) {
      const value = (name: string): string => (name === 'vpc-max-elastic-ips' ? String(most(asked)) : '20');
      return {
        accountAttributeSet: asked
          .list('AttributeName')
          .map((name) => ({ attributeName: name, attributeValueSet: [{ attributeValue: value(name) }] })),
      };
    },
  };
}
