/** Instances at EC2: made once by a client token, shown late, changed while stopped, listed for an hour after their end. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { samplesOf } from '../../../simulator/cloud/metrics.ts';
import { Refusal, type SimServer } from '../../../simulator/cloud/model.ts';
import { imagesOf, REGIONS, TYPES } from './data.ts';
import { addressOf } from './addresses.ts';
import { groupsOf, ownImage, showImageId } from './objects.ts';
import type { Actions, Asked } from './wire.ts';

const CODES: Readonly<Record<string, number>> = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };
const TERMINATED_MS = 3_600_000;
const USER_DATA_BYTES = 16_384;

interface Former extends SimServer {
  untilMs: number;
}
interface Token {
  id: string;
  instanceId: string;
  order: string;
}

const former = (cloud: Cloud) => cloud.world.collection<Former>('terminated');
const hexOf = (cloud: Cloud, prefix: string): string => `${prefix}-0${cloud.world.hex(16)}`;
const vpcOf = (region: string): string => `vpc-0default${region.replaceAll('-', '')}`;
export const subnetOf = (region: string): string => `subnet-0default${region.replaceAll('-', '')}`;

function stateOf(cloud: Cloud, server: SimServer): string {
  if (!cloud.servers.get(server.id)) return 'terminated';
  if (server.phase === 'creating' || server.phase === 'starting') return 'pending';
  if (server.phase === 'deleting') return 'shutting-down';
  if (server.phase === 'stopping') return 'stopping';
  return server.power === 'on' ? 'running' : 'stopped';
}

const state = (name: string): object => ({ code: CODES[name], name });

function show(cloud: Cloud, server: SimServer): object {
  const name = stateOf(cloud, server);
  const alive = name !== 'terminated';
  const zone = String(server.extra['zone']);
  const groups = alive ? groupsOf(cloud, server) : [];
  return {
    instanceId: server.id,
    imageId: showImageId(server.image),
    instanceState: state(name),
    privateDnsName: alive ? `ip-172-31-0-9.${server.region}.compute.internal` : '',
    dnsName: server.ipv4 === '' ? '' : `ec2-${server.ipv4.replaceAll('.', '-')}.${server.region}.compute.amazonaws.com`,
    reason: alive ? '' : 'User initiated',
    keyName: server.keyIds[0],
    amiLaunchIndex: 0,
    instanceType: server.plan,
    launchTime: new Date(server.createdMs).toISOString(),
    placement: { availabilityZone: zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: alive ? String(server.extra['subnet']) : undefined,
    vpcId: alive ? vpcOf(server.region) : undefined,
    privateIpAddress: alive ? '172.31.0.9' : undefined,
    ipAddress: alive && server.ipv4 !== '' ? server.ipv4 : undefined,
    sourceDestCheck: true,
    groupSet: groups.map(({ id, name: groupName }) => ({ groupId: `sg-${id}`, groupName })),
    architecture: TYPES.find(({ id }) => id === server.plan)!.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/sda1',
    blockDeviceMapping: alive
      ? [{ deviceName: '/dev/sda1', ebs: { volumeId: String(server.extra['volume']), status: 'attached', deleteOnTermination: true } }]
      : [],
    virtualizationType: 'hvm',
    clientToken: String(server.extra['token'] ?? ''),
    tagSet: Object.entries({ ...server.labels, Name: server.name }).map(([key, value]) => ({ key, value })),
    hypervisor: 'xen',
    networkInterfaceSet: alive ? [{ networkInterfaceId: String(server.extra['nic']), status: 'in-use' }] : [],
    ebsOptimized: false,
    metadataOptions: {
      state: 'applied',
      httpTokens: String(server.extra['httpTokens']),
      httpPutResponseHopLimit: 1,
      httpEndpoint: 'enabled',
    },
    ...(alive
      ? {}
      : { stateReason: { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' } }),
  };
}

/** How the server of a call is found, in the states that the call takes. */
function finders(cloud: Cloud) {
  const one = (asked: Asked, id = asked.get('InstanceId') || asked.required('InstanceId.1')): SimServer => {
    if (!/^i-[0-9a-f]{17}$/.test(id)) throw new Refusal('invalid', `Invalid id: "${id}"`, 'InvalidInstanceID.Malformed');
    const missing = new Refusal('not_found', `The instance ID '${id}' does not exist`);
    const found = (() => {
      try {
        return cloud.server(asked.account.id, id);
      } catch {
        throw missing;
      }
    })();
    if (found.region !== asked.region) throw missing;
    return found;
  };
  const free = (asked: Asked, what: string): SimServer => {
    const server = one(asked);
    if (server.lockedBy !== null)
      throw new Refusal('locked', `The instance '${server.id}' is not in a state from which it can be ${what}.`);
    return server;
  };
  const changed = (server: SimServer, was: string): object => {
    const now = cloud.servers.get(server.id) ?? server;
    return { instancesSet: [{ instanceId: server.id, currentState: state(stateOf(cloud, now)), previousState: state(was) }] };
  };
  const stopped = (asked: Asked): SimServer => {
    const server = free(asked, 'modified');
    if (server.power === 'on') throw new Refusal('not_stopped', `The instance '${server.id}' is not in the 'stopped' state.`);
    return server;
  };
  return { one, free, changed, stopped };
}

export function serverActions(cloud: Cloud): Actions {
  return { ...powerActions(cloud), ...changeActions(cloud), ...diskActions(cloud) };
}

function powerActions(cloud: Cloud): Actions {
  const { times } = cloud.sheet;
  const { free, changed } = finders(cloud);
  return {
    DescribeInstances: (asked) => describe(cloud, asked),
    RunInstances: (asked) => run(cloud, asked),
    StartInstances(asked) {
      const server = free(asked, 'started');
      const was = stateOf(cloud, server);
      const ipv4 = addressOf(cloud, server)?.ip ?? cloud.world.allocateIpv4();
      if (server.power === 'off')
        cloud.jobs.start(server, {
          command: 'start',
          ms: times.start,
          during: { phase: 'starting' },
          ending: { server: { phase: 'ready', power: 'on', ipv4 } },
        });
      return changed(server, was);
    },
    StopInstances(asked) {
      const server = free(asked, 'stopped');
      const was = stateOf(cloud, server);
      // What is no elastic address is given back.
      const ipv4 = addressOf(cloud, server)?.ip ?? '';
      if (server.power === 'on')
        cloud.jobs.start(server, {
          command: 'stop',
          ms: times.stop,
          during: { phase: 'stopping' },
          ending: { server: { phase: 'ready', power: 'off', ipv4 } },
        });
      return changed(server, was);
    },
    RebootInstances(asked) {
      const server = free(asked, 'rebooted');
      if (server.power === 'off')
        throw new Refusal('conflict', `The instance '${server.id}' is not in a state from which it can be rebooted.`);
      return { return: true };
    },
    TerminateInstances(asked) {
      const gone = former(cloud).get(asked.required('InstanceId.1'));
      if (gone && !cloud.servers.get(gone.id)) return changed(gone, 'terminated');
      const server = free(asked, 'terminated');
      const was = stateOf(cloud, server);
      if (server.protection['terminate']) throw new Refusal('protected', `The instance '${server.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`); // prettier-ignore
      if (cloud.world.hasFlag('keep-on-delete', server.id)) return changed(server, was);
      former(cloud).put({ ...server, ipv4: '', untilMs: cloud.world.now() + TERMINATED_MS });
      cloud.jobs.start(server, {
        command: 'terminate',
        ms: times.remove,
        during: { phase: 'deleting', power: 'off' },
        ending: { erase: true },
      });
      return changed(server, was);
    },
  };
}

function changeActions(cloud: Cloud): Actions {
  const { one, stopped } = finders(cloud);
  return {
    ModifyInstanceAttribute(asked) {
      const groups = asked.list('GroupId').map((id) => id.replace(/^sg-/, ''));
      if (groups.length > 0) {
        const server = one(asked);
        for (const id of groups) cloud.own(cloud.firewalls, asked.owner, id, 'group');
        for (const group of cloud.firewalls.filter(({ account }) => account === asked.owner)) {
          const rest = group.servers.filter((id) => id !== server.id);
          cloud.firewalls.put({ ...group, servers: groups.includes(group.id) ? [...rest, server.id] : rest });
        }
        return { return: true };
      }
      const [type, userData, keep] = ['InstanceType.Value', 'UserData.Value', 'DisableApiTermination.Value'].map((name) => asked.get(name));
      if (keep) cloud.change(one(asked), { protection: { terminate: keep === 'true' } });
      if (type) {
        const [wanted, now] = [typeOf(type), typeOf(stopped(asked).plan)];
        if (wanted.architecture !== now.architecture) throw new Refusal('invalid', `The architecture '${now.architecture}' of the specified AMI does not match`); // prettier-ignore
        if (!cloud.inStock(wanted, asked.region)) throw new Refusal('sold_out', NO_ROOM);
        cloud.change(one(asked), { plan: wanted.id });
      }
      if (userData) cloud.change(stopped(asked), { userData: decoded(userData) });
      return { return: true };
    },
    ModifyInstanceMetadataOptions(asked) {
      const server = one(asked);
      cloud.change(server, { extra: { ...server.extra, httpTokens: asked.required('HttpTokens') } });
      return { instanceId: server.id };
    },
  };
}

function diskActions(cloud: Cloud): Actions {
  const { times } = cloud.sheet;
  const { free } = finders(cloud);
  return {
    CreateReplaceRootVolumeTask(asked) {
      const server = free(asked, 'changed');
      if (server.power === 'off') throw new Refusal('conflict', `The instance '${server.id}' is not in the 'running' state.`);
      const { image, architecture } = imageOf(cloud, asked, asked.required('ImageId'));
      if (architecture !== typeOf(server.plan).architecture)
        throw new Refusal('invalid', 'The AMI has another architecture.', 'InvalidParameterCombination');
      const extra = { ...server.extra, volume: hexOf(cloud, 'vol') };
      const ending = { server: { phase: 'ready', power: 'on', image, extra } } as const;
      const job = cloud.jobs.start(server, { command: 'replace-root', ms: times.rebuild, during: { phase: 'rebuilding' }, ending });
      return { replaceRootVolumeTask: task(job) };
    },
    DescribeReplaceRootVolumeTasks(asked) {
      const ids = asked.list('ReplaceRootVolumeTaskId');
      const all = cloud.jobs.of(asked.account.id, ({ command }) => command === 'replace-root');
      const found = all.filter(
        (job) =>
          (ids.length === 0 || ids.includes(taskId(job.id))) &&
          asked.passes((name) => (name === 'instance-id' ? [job.serverId] : undefined)),
      );
      return { replaceRootVolumeTaskSet: found.map(task) };
    },
    GetMetricStatistics: (asked) => statistics(cloud, asked),
  };
}

const NO_ROOM = 'We currently do not have sufficient capacity in the Availability Zone you requested. Our system will be working on provisioning additional capacity.'; // prettier-ignore
const taskId = (id: string): string => `replacevol-${id.padStart(17, '0')}`;
const TASKS: Readonly<Record<string, string>> = { waiting: 'pending', running: 'in-progress', success: 'succeeded', error: 'failed' };
function task({ id, serverId, status, startedMs }: { id: string; serverId: string; status: string; startedMs: number }): object {
  return {
    replaceRootVolumeTaskId: taskId(id),
    instanceId: serverId,
    taskState: TASKS[status],
    startTime: new Date(startedMs).toISOString(),
  };
}

function decoded(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) throw new Refusal('invalid', 'Invalid BASE64 encoding of user data.', 'InvalidUserData.Malformed'); // prettier-ignore
  if (bytes.length > USER_DATA_BYTES) throw new Refusal('invalid', 'User data is limited to 16384 bytes', 'InvalidParameterValue');
  return bytes.toString();
}

function typeOf(id: string) {
  const found = TYPES.find((type) => type.id === id);
  if (!found) throw new Refusal('invalid', `The following supplied instance types do not exist: [${id}]`, 'InvalidInstanceType');
  return found;
}

function imageOf(cloud: Cloud, asked: Asked, id: string): { image: string; architecture: string } {
  const known = imagesOf(asked.region).find((each) => each.id === id);
  if (known) return { image: id, architecture: known.architecture };
  const own = ownImage(cloud, asked, id);
  const base = imagesOf(own.region).find((each) => each.id === own.base);
  return { image: own.id, architecture: base?.architecture ?? 'x86_64' };
}

function describe(cloud: Cloud, asked: Asked): object {
  const ids = asked.list('InstanceId');
  const ended = former(cloud).filter(
    ({ account, id, untilMs }) => account === asked.account.id && !cloud.servers.get(id) && untilMs > cloud.world.now(),
  );
  const all = [...cloud.listed(asked.account.id), ...ended].filter(({ region }) => region === asked.region);
  for (const id of ids) {
    if (!/^i-[0-9a-f]{17}$/.test(id)) throw new Refusal('invalid', `Invalid id: "${id}"`, 'InvalidInstanceID.Malformed');
    if (!all.some((each) => each.id === id)) throw new Refusal('not_found', `The instance ID '${id}' does not exist`);
  }
  if (ids.length > 0 && asked.get('MaxResults') !== '') throw new Refusal('invalid', 'The parameter instancesSet cannot be used with the parameter maxResults', 'InvalidParameterCombination'); // prettier-ignore
  const passing = all.filter(
    (server) =>
      (ids.length === 0 || ids.includes(server.id)) &&
      asked.passes((name) => {
        const labels: Record<string, string> = { ...server.labels, Name: server.name };
        if (name === 'tag-key') return Object.keys(labels);
        if (name.startsWith('tag:')) return labels[name.slice(4)] === undefined ? [] : [labels[name.slice(4)]!];
        return name === 'instance-state-name' ? [stateOf(cloud, server)] : undefined;
      }),
  );
  const { items, ...next } = asked.page(passing);
  const reservation = (server: SimServer): object => ({
    reservationId: server.id.replace('i-', 'r-'),
    ownerId: '123456789012',
    groupSet: [],
    instancesSet: [show(cloud, server)],
  });
  return { reservationSet: items.map(reservation), ...next };
}

/** The same token and order are the same instance; another order is refused, as is one whose instance is gone. */
function run(cloud: Cloud, asked: Asked): object {
  const token = asked.get('ClientToken');
  const tokens = cloud.world.collection<Token>('client-tokens');
  const order = [...asked.params]
    .filter(([name]) => name !== 'ClientToken')
    .map((pair) => pair.join('='))
    .toSorted()
    .join('&');
  const known = token === '' ? undefined : tokens.get(`${asked.owner}/${token}`);
  if (known) {
    if (known.order !== order) throw new Refusal('conflict', 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).', 'IdempotentParameterMismatch'); // prettier-ignore
    const first = cloud.servers.get(known.instanceId);
    if (!first) throw new Refusal('conflict', 'The instance that was made with this token is terminated.', 'IdempotentInstanceTerminated');
    return answer(cloud, first);
  }
  const { image, architecture } = imageOf(cloud, asked, asked.required('ImageId'));
  const type = typeOf(asked.required('InstanceType'));
  if (architecture !== type.architecture) throw new Refusal('invalid', `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${architecture}' of the specified AMI.`); // prettier-ignore
  const least = cloud.images.get(image)?.diskGb ?? 0;
  const volume = Number(asked.get('BlockDeviceMapping.1.Ebs.VolumeSize') || least);
  if (volume < least) throw new Refusal('invalid', `Volume of size ${volume}GB is smaller than snapshot '${showImageId(image).replace('ami', 'snap')}', expect size >= ${least}GB`, 'InvalidBlockDeviceMapping'); // prettier-ignore
  const keyName = asked.get('KeyName');
  if (keyName !== '' && !cloud.keys.find(({ account, name }) => account === asked.owner && name === keyName))
    throw new Refusal('not_found', `The key pair '${keyName}' does not exist`, 'InvalidKeyPair.NotFound');
  const wall = asked.list('NetworkInterface.1.SecurityGroupId').concat(asked.list('SecurityGroupId')).map((id) => cloud.own(cloud.firewalls, asked.owner, id.replace(/^sg-/, ''), 'group')); // prettier-ignore
  const { Name = '', ...labels } = asked.tagsFor('instance');
  const id = hexOf(cloud, 'i');
  const { zones } = REGIONS.find((each) => each.id === asked.region)!;
  const subnet = asked.get('NetworkInterface.1.SubnetId') || asked.get('SubnetId') || subnetOf(asked.region);
  const made = cloud.make(asked.account, {
    id,
    name: Name,
    plan: type.id,
    region: asked.region,
    image,
    labels,
    userData: asked.get('UserData') === '' ? '' : decoded(asked.get('UserData')),
    keyIds: keyName === '' ? [] : [keyName],
    ipv4: asked.get('NetworkInterface.1.AssociatePublicIpAddress') !== 'false',
    ipv6: false,
    extra: {
      zone: asked.get('Placement.AvailabilityZone') || asked.region + zones[0],
      subnet,
      volume: hexOf(cloud, 'vol'),
      nic: hexOf(cloud, 'eni'),
      token,
      httpTokens: asked.get('MetadataOptions.HttpTokens') || 'optional',
    },
  });
  const size = Number(asked.get('BlockDeviceMapping.1.Ebs.VolumeSize') || 8);
  const sized = cloud.change(made, { diskGb: size });
  for (const group of wall) cloud.firewalls.put({ ...group, servers: [...group.servers, id] });
  if (token !== '') tokens.put({ id: `${asked.owner}/${token}`, instanceId: id, order });
  cloud.jobs.start(sized, { command: 'run', ms: cloud.sheet.times.create, ending: { server: { phase: 'ready', power: 'on' } } });
  return answer(cloud, cloud.servers.get(id)!);
}

function answer(cloud: Cloud, server: SimServer): object {
  return { reservationId: server.id.replace('i-', 'r-'), ownerId: '123456789012', groupSet: [], instancesSet: [show(cloud, server)] };
}

function statistics(cloud: Cloud, asked: Asked): object {
  const server = cloud.servers.get(asked.required('Dimensions.member.1.Value'));
  const [from, to] = ['StartTime', 'EndTime'].map((name) => Date.parse(asked.required(name)));
  const period = Number(asked.required('Period'));
  if (period % 60 !== 0 || (to! - from!) / 1000 / period > 1_440)
    throw new Refusal('invalid', 'You have requested more than 1,440 datapoints.', 'InvalidParameterCombination');
  if (!server || server.account !== asked.account.id) return { Label: asked.get('MetricName'), Datapoints: [] };
  const { vcpus } = typeOf(server.plan);
  const fine = samplesOf(server, vcpus, { fromS: from! / 1000, toS: to! / 1000, stepS: Math.min(period, 300) });
  const name = asked.required('MetricName');
  const value = ({ cpu, incoming, outgoing }: (typeof fine)[number]): number =>
    name === 'CPUUtilization' ? cpu / vcpus : name === 'NetworkIn' ? incoming : outgoing;
  const points = [...Map.groupBy(fine, ({ at }) => Math.floor(at / period) * period)].map(([at, each]) => {
    const mean = each.reduce((sum, sample) => sum + value(sample), 0) / each.length;
    const statistic = asked.get('Statistics.member.1');
    return {
      Timestamp: new Date(at * 1000).toISOString(),
      Unit: name === 'CPUUtilization' ? 'Percent' : 'Bytes',
      [statistic]: statistic === 'Sum' ? mean * period : mean,
    };
  });
  return { Label: name, Datapoints: points };
}
