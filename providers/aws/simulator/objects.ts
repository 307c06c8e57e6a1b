/** What stands beside instances at EC2: keys, groups, images, volumes, tags. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimFirewall, type SimImage, type SimServer } from '../../../simulator/cloud/model.ts';
import { imagesOf } from './data.ts';
import type { Actions, Asked } from './wire.ts';

export const shown = (labels: Record<string, string>): object[] => Object.entries(labels).map(([key, value]) => ({ key, value }));
export const known =
  (labels: Record<string, string>) =>
  (name: string): string[] | undefined =>
    name === 'tag-key'
      ? Object.keys(labels)
      : name.startsWith('tag:')
        ? labels[name.slice(4)] === undefined
          ? []
          : [labels[name.slice(4)]!]
        : undefined;

export function groupsOf(cloud: Cloud, { id }: SimServer): SimFirewall[] {
  return cloud.firewalls.filter(({ servers }) => servers.includes(id));
}
/** Ids of our own images are numbers in the world. */
export const showImageId = (id: string): string => (id.startsWith('ami-') ? id : `ami-${id.padStart(17, '0')}`);
export function ownImage(cloud: Cloud, asked: Asked, id: string): SimImage {
  const found = cloud.images.find((image) => showImageId(image.id) === id);
  if (!found || found.account !== asked.account.id || found.region !== asked.region)
    throw new Refusal('not_found', `The image id '[${id}]' does not exist`, 'InvalidAMIID.NotFound');
  return found;
}

export function objectActions(cloud: Cloud): Actions {
  return {
    ...keyActions(cloud),
    ...groupActions(cloud),
    ...imageActions(cloud),
    ...volumeActions(cloud),
    ...tagActions(cloud),
  };
}

function keyActions(cloud: Cloud): Actions {
  const own = (asked: Asked) => cloud.keys.filter(({ account }) => account === asked.owner);
  return {
    ImportKeyPair(asked) {
      const name = asked.required('KeyName');
      if (own(asked).some((key) => key.name === name)) throw new Refusal('taken', `The keypair already exists`, 'InvalidKeyPair.Duplicate');
      const publicKey = Buffer.from(asked.required('PublicKeyMaterial'), 'base64').toString();
      const key = cloud.addKey(asked.owner, { name, publicKey, labels: asked.tagsFor('key-pair') }, false);
      return { keyName: name, keyFingerprint: key.fingerprint, keyPairId: `key-${key.id.padStart(17, '0')}` };
    },
    DescribeKeyPairs(asked) {
      const names = asked.list('KeyName');
      const all = own(asked);
      for (const name of names)
        if (!all.some((key) => key.name === name))
          throw new Refusal('not_found', `The key pair '${name}' does not exist`, 'InvalidKeyPair.NotFound');
      const found = all.filter(
        (key) =>
          (names.length === 0 || names.includes(key.name)) &&
          asked.passes((name) => (name === 'key-name' ? [key.name] : known(key.labels)(name))),
      );
      return {
        keySet: found.map(({ id, name, fingerprint, labels }) => ({
          keyPairId: `key-${id.padStart(17, '0')}`,
          keyFingerprint: fingerprint,
          keyName: name,
          keyType: 'ed25519',
          tagSet: shown(labels),
        })),
      };
    },
    DeleteKeyPair(asked) {
      const name = asked.required('KeyName');
      for (const key of own(asked)) if (key.name === name) cloud.keys.delete(key.id);
      return { return: true };
    },
  };
}

interface Permission {
  ipProtocol: string;
  fromPort?: string;
  toPort?: string;
  cidr: string;
}

function permissionsOf(asked: Asked): Permission[] {
  return asked.numbers('IpPermissions').flatMap((n) => {
    const at = `IpPermissions.${n}`;
    const ipProtocol = asked.required(`${at}.IpProtocol`);
    const [fromPort, toPort] = [asked.get(`${at}.FromPort`), asked.get(`${at}.ToPort`)];
    if (ipProtocol !== '-1' && (fromPort === '' || toPort === '')) throw new Refusal('invalid', 'Invalid value for portRange. Must specify both from and to ports with TCP/UDP.'); // prettier-ignore
    const ports = ipProtocol === '-1' ? {} : { fromPort, toPort };
    const v4 = asked.numbers(`${at}.IpRanges`).map((m) => asked.required(`${at}.IpRanges.${m}.CidrIp`));
    const v6 = asked.numbers(`${at}.Ipv6Ranges`).map((m) => asked.required(`${at}.Ipv6Ranges.${m}.CidrIpv6`));
    return [...v4, ...v6].map((cidr) => ({ ipProtocol, ...ports, cidr }));
  });
}
const keyOf = ({ ipProtocol, fromPort = '', toPort = '', cidr }: Permission): string => `${ipProtocol}/${fromPort}/${toPort}/${cidr}`;

function showRules(rules: readonly Permission[]): object[] {
  return [...Map.groupBy(rules, (rule) => keyOf({ ...rule, cidr: '' })).values()].map((same) => {
    const [{ ipProtocol, fromPort, toPort }] = same as [Permission];
    const [v4, v6] = [same.filter(({ cidr }) => !cidr.includes(':')), same.filter(({ cidr }) => cidr.includes(':'))];
    return {
      ipProtocol,
      fromPort,
      toPort,
      groups: [],
      ipRanges: v4.map(({ cidr }) => ({ cidrIp: cidr })),
      ipv6Ranges: v6.map(({ cidr }) => ({ cidrIpv6: cidr })),
      prefixListIds: [],
    };
  });
}

function groupActions(cloud: Cloud): Actions {
  const all = (asked: Asked) => cloud.firewalls.filter(({ account }) => account === asked.owner);
  const one = (asked: Asked, id = asked.required('GroupId')): SimFirewall => {
    const found = all(asked).find((group) => `sg-${group.id}` === id);
    if (!found) throw new Refusal('not_found', `The security group '${id}' does not exist`, 'InvalidGroup.NotFound');
    return found;
  };
  return {
    CreateSecurityGroup(asked) {
      const name = asked.required('GroupName');
      asked.required('GroupDescription');
      if (all(asked).some((group) => group.name === name))
        throw new Refusal('taken', `The security group '${name}' already exists for VPC`, 'InvalidGroup.Duplicate');
      const group = cloud.addFirewall(asked.owner, { name, rules: [], labels: asked.tagsFor('security-group') });
      return { return: true, groupId: `sg-${group.id}` };
    },
    DescribeSecurityGroups(asked) {
      const ids = asked.list('GroupId');
      const chosen = ids.length > 0 ? ids.map((id) => one(asked, id)) : all(asked);
      const found = chosen.filter((group) =>
        asked.passes((name) => (name === 'group-name' ? [group.name] : name === 'vpc-id' ? ['vpc'] : known(group.labels)(name))),
      );
      const { items, ...next } = asked.page(found);
      const show = ({ id, name, rules, labels }: SimFirewall): object => ({ ownerId: '123456789012', groupId: `sg-${id}`, groupName: name, groupDescription: name, vpcId: `vpc-0default${asked.region.replaceAll('-', '')}`, ipPermissions: showRules(rules as Permission[]), ipPermissionsEgress: showRules([{ ipProtocol: '-1', cidr: '0.0.0.0/0' }]), tagSet: shown(labels) }); // prettier-ignore
      return { securityGroupInfo: items.map(show), ...next };
    },
    AuthorizeSecurityGroupIngress(asked) {
      const group = one(asked);
      const have = new Set((group.rules as Permission[]).map(keyOf));
      const more = permissionsOf(asked);
      if (more.some((rule) => have.has(keyOf(rule))))
        throw new Refusal('taken', 'the specified rule already exists', 'InvalidPermission.Duplicate');
      cloud.firewalls.put({ ...group, rules: [...group.rules, ...more] });
      return { return: true };
    },
    RevokeSecurityGroupIngress(asked) {
      const group = one(asked);
      const less = new Set(permissionsOf(asked).map(keyOf));
      const rest = (group.rules as Permission[]).filter((rule) => !less.has(keyOf(rule)));
      if (rest.length === group.rules.length)
        throw new Refusal('not_found', 'The specified rule does not exist in this security group.', 'InvalidPermission.NotFound');
      cloud.firewalls.put({ ...group, rules: rest });
      return { return: true };
    },
    DeleteSecurityGroup(asked) {
      const group = one(asked);
      if (group.servers.length > 0) throw new Refusal('in_use', `resource sg-${group.id} has a dependent object`);
      cloud.firewalls.delete(group.id);
      return { return: true };
    },
  };
}

function imageActions(cloud: Cloud): Actions {
  const STATES = { creating: 'pending', available: 'available', failed: 'failed' } as const;
  interface Shown {
    imageId: string;
    imageOwnerId: string;
    name: string;
    imageState: string;
    tags: Record<string, string>;
    [key: string]: unknown;
  }
  const shape = (
    told: Pick<Shown, 'imageId' | 'imageOwnerId' | 'name' | 'imageState'> & { isPublic: boolean },
    tags: Record<string, string>,
    created: string,
    diskGb: number,
    architecture: string,
  ): Shown => ({
    ...told,
    imageType: 'machine',
    architecture,
    creationDate: created,
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/sda1',
    virtualizationType: 'hvm',
    blockDeviceMapping: [
      {
        deviceName: '/dev/sda1',
        ebs: { snapshotId: told.imageId.replace('ami', 'snap'), volumeSize: diskGb, volumeType: 'gp3', deleteOnTermination: true },
      },
    ],
    tags,
  });
  const listed = (asked: Asked): Shown[] => {
    const systems = imagesOf(asked.region);
    const open = systems.map(({ id, owner, name, architecture, created, diskGb }) => shape({ imageId: id, imageOwnerId: owner, name, imageState: 'available', isPublic: true }, {}, created, diskGb, architecture)); // prettier-ignore
    const own = cloud.images.filter(({ account, region }) => account === asked.account.id && region === asked.region);
    const mine = own.map((image) => shape({ imageId: showImageId(image.id), imageOwnerId: 'self', name: image.name, imageState: STATES[image.state], isPublic: false }, image.labels, new Date(image.createdMs).toISOString(), image.diskGb, systems.find(({ id }) => id === image.base)?.architecture ?? 'x86_64')); // prettier-ignore
    return [...open, ...mine];
  };
  return {
    DescribeImages(asked) {
      const [ids, owners] = [asked.list('ImageId'), asked.list('Owner')];
      const all = listed(asked);
      for (const id of ids)
        if (!all.some(({ imageId }) => imageId === id))
          throw new Refusal('not_found', `The image id '[${id}]' does not exist`, 'InvalidAMIID.NotFound');
      const values = (image: Shown) => (name: string) =>
        name === 'name'
          ? [image.name]
          : name === 'image-id'
            ? [image.imageId]
            : name === 'state'
              ? [image.imageState]
              : name === 'image-type'
                ? ['machine']
                : known(image.tags)(name);
      const found = all.filter(
        (image) =>
          (ids.length === 0 || ids.includes(image.imageId)) &&
          (owners.length === 0 || owners.includes(image.imageOwnerId)) &&
          asked.passes(values(image)),
      );
      return { imagesSet: found.map(({ tags, ...image }) => ({ ...image, tagSet: shown(tags) })) };
    },
    CreateImage(asked) {
      const name = asked.required('Name');
      if (!/^[A-Za-z0-9()[\] ./\-'@_]{3,128}$/.test(name))
        throw new Refusal('invalid', `AMI names must be between 3 and 128 characters long`, 'InvalidAMIName.Malformed');
      if (listed(asked).some((image) => image.imageOwnerId === 'self' && image.name === name))
        throw new Refusal('taken', `AMI name ${name} is already in use`, 'InvalidAMIName.Duplicate');
      const server = cloud.free(asked.account.id, asked.required('InstanceId'));
      const { image } = cloud.snapshot(server, { name, kind: 'snapshot', labels: asked.tagsFor('image') }, 'create-image', false);
      return { imageId: showImageId(image.id) };
    },
    DeregisterImage(asked) {
      cloud.images.delete(ownImage(cloud, asked, asked.required('ImageId')).id);
      return { return: true };
    },
  };
}

function volumeActions(cloud: Cloud): Actions {
  const all = (asked: Asked) => cloud.servers.filter(({ account, region }) => account === asked.account.id && region === asked.region);
  return {
    DescribeVolumes(asked) {
      const values = (server: SimServer) => (name: string) =>
        name === 'attachment.instance-id' ? [server.id] : name === 'attachment.delete-on-termination' ? ['true'] : undefined;
      const found = all(asked).filter((server) => asked.passes(values(server)));
      return {
        volumeSet: found.map(({ id, diskGb, extra }) => ({
          volumeId: String(extra['volume']),
          size: diskGb,
          status: 'in-use',
          volumeType: 'gp3',
          attachmentSet: [{ instanceId: id, device: '/dev/sda1', status: 'attached', deleteOnTermination: true }],
        })),
      };
    },
    ModifyVolume(asked) {
      const id = asked.required('VolumeId');
      const server = all(asked).find(({ extra }) => extra['volume'] === id);
      if (!server) throw new Refusal('not_found', `The volume '${id}' does not exist.`, 'InvalidVolume.NotFound');
      const size = Number(asked.required('Size'));
      if (size < server.diskGb) throw new Refusal('invalid', 'New size cannot be smaller than existing size');
      cloud.change(server, { diskGb: size });
      return {
        volumeModification: { volumeId: id, modificationState: 'modifying', targetSize: size, originalSize: server.diskGb, progress: 0 },
      };
    },
  };
}

function tagActions(cloud: Cloud): Actions {
  const server = (asked: Asked): SimServer => {
    try {
      return cloud.server(asked.account.id, asked.required('ResourceId.1'));
    } catch {
      throw new Refusal('not_found', `The ID '${asked.get('ResourceId.1')}' does not exist`, 'InvalidInstanceID.NotFound');
    }
  };
  const write = (now: SimServer, { Name = '', ...labels }: Record<string, string>): object => {
    cloud.change(now, { name: Name, labels });
    return { return: true };
  };
  return {
    CreateTags(asked) {
      const now = server(asked);
      const all: Record<string, string> = { ...now.labels, Name: now.name, ...asked.pairs() };
      if (Object.keys(all).length > 50) throw new Refusal('invalid', 'The maximum number of tags is 50', 'TagLimitExceeded');
      return write(now, all);
    },
    DeleteTags(asked) {
      const now = server(asked);
      const doomed = new Set(Object.keys(asked.pairs()));
      return write(now, Object.fromEntries(Object.entries({ ...now.labels, Name: now.name }).filter(([key]) => !doomed.has(key))));
    },
  };
}
