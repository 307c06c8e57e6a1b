/** EC2, and what of STS, CloudWatch and the price list belongs to it, on loopback. Flags are those of `simulator/cloud/`, and `no-addresses`. */
import { scopeOf, signer, textBodies } from '../../../simulator/cloud/amazon-gate.ts';
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type Sheet, numbersFrom } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import type { Answer, Call, Wire, Words } from '../../../simulator/cloud/wire.ts';
import { GP3_GB_MONTH, REGIONS, TYPES, type Ec2Type } from './data.ts';
import { addressActions, addressesOf } from './addresses.ts';
import { objectActions } from './objects.ts';
import { serverActions } from './servers.ts';
import { type Actions, answerXml, Asked, errorXml, matches, paramsOf, REFUSALS } from './wire.ts';

const XML = 'text/xml;charset=UTF-8';

const sheet: Sheet = {
  id: 'aws',
  plans: TYPES,
  regions: REGIONS,
  ids: numbersFrom(),
  times: {
    create: 18_000,
    start: 15_000,
    stop: 25_000,
    reboot: 10_000,
    resize: 1_000,
    rebuild: 60_000,
    remove: 35_000,
    snapshot: 90_000,
    small: 500,
    listLag: 2_000,
    itemLag: 2_000,
  },
};

const words: Words = {
  refuse(kind, message, code): Answer {
    const [status, usual] = REFUSALS[kind];
    // The world's own names of fields are no codes.
    const said = code !== undefined && /^[A-Z]/.test(code) ? code : message.startsWith('unsupported location') ? 'Unsupported' : usual;
    return { status, body: errorXml(said, message), headers: { 'content-type': XML } };
  },
  isRead: (request) => /^(?:Describe|Get)/.test(paramsOf(request).get('Action') ?? '') || scopeOf(request)?.service === 'pricing',
};

function typeActions(): Actions {
  const show = ({ id, vcpus, memoryMb, architecture }: Ec2Type): object => ({
    instanceType: id,
    currentGeneration: true,
    bareMetal: false,
    processorInfo: { supportedArchitectures: [architecture], sustainedClockSpeedInGhz: 2.5 },
    vCpuInfo: { defaultVCpus: vcpus, defaultCores: vcpus, defaultThreadsPerCore: 1 },
    memoryInfo: { sizeInMiB: memoryMb },
    supportedRootDeviceTypes: ['ebs'],
    supportedVirtualizationTypes: ['hvm'],
  });
  return {
    DescribeInstanceTypes(asked) {
      const names = asked.list('InstanceType');
      const unknown = names.filter((name) => !TYPES.some(({ id }) => id === name));
      if (unknown.length > 0)
        throw new Refusal('invalid', `The following supplied instance types do not exist: [${unknown.join(', ')}]`, 'InvalidInstanceType');
      const found = TYPES.filter(
        ({ id }) => (names.length === 0 || names.includes(id)) && asked.passes((name) => (name === 'instance-type' ? [id] : undefined)),
      );
      const { items, ...next } = asked.page(found, 100);
      return { instanceTypeSet: items.map(show), ...next };
    },
    DescribeRegions: () => ({
      regionInfo: REGIONS.map(({ id }) => ({
        regionName: id,
        regionEndpoint: `ec2.${id}.amazonaws.com`,
        optInStatus: 'opt-in-not-required',
      })),
    }),
    DescribeAvailabilityZones(asked) {
      const region = REGIONS.find(({ id }) => id === asked.region);
      return {
        availabilityZoneInfo: (region?.zones ?? []).map((zone) => ({
          zoneName: asked.region + zone,
          zoneState: 'available',
          regionName: asked.region,
        })),
      };
    },
    GetCallerIdentity: ({ account }) => ({
      UserId: account.id,
      Account: '123456789012',
      Arn: `arn:aws:iam::123456789012:user/${account.id}`,
    }),
  };
}

/** The price list: products as texts of JSON, each with its one term on demand. */
function products(body: { Filters?: { Type: string; Field: string; Value: string }[]; MaxResults?: number; NextToken?: string }): object {
  const linux = { operatingSystem: 'Linux', tenancy: 'Shared', preInstalledSw: 'NA', licenseModel: 'No License required', capacitystatus: 'Used', marketoption: 'OnDemand' }; // prettier-ignore
  const product = (attributes: Record<string, string>, unit: string, usd: number): object => ({
    product: { productFamily: attributes['productFamily'], attributes, sku: 'SKU' },
    serviceCode: 'AmazonEC2',
    terms: { OnDemand: { 'SKU.TERM': { priceDimensions: { 'SKU.TERM.RATE': { unit, pricePerUnit: { USD: usd.toFixed(10) } } } } } },
  });
  const all = REGIONS.flatMap(({ id: regionCode, factor }) => [
    ...TYPES.map((type) => ({
      attributes: {
        ...linux,
        regionCode,
        productFamily: 'Compute Instance',
        instanceType: type.id,
        vcpu: String(type.vcpus),
        memory: `${type.memoryMb / 1024} GiB`,
      },
      usd: type.hourly * factor,
      unit: 'Hrs',
    })),
    {
      attributes: { regionCode, productFamily: 'Storage', volumeApiName: 'gp3', usagetype: 'EBS:VolumeUsage.gp3' },
      usd: GP3_GB_MONTH * factor,
      unit: 'GB-Mo',
    },
  ]);
  const fits = (attributes: Record<string, string>): boolean =>
    (body.Filters ?? []).every(({ Type, Field, Value }) =>
      (Type === 'ANY_OF' ? Value.split(',') : [Value]).some((value) => matches(value, attributes[Field] ?? '')),
    );
  const found = all.filter(({ attributes }) => fits(attributes));
  const from = Number(body.NextToken ?? 0);
  const size = Math.min(100, body.MaxResults ?? 100);
  const next = from + size < found.length ? { NextToken: String(from + size) } : {};
  return {
    FormatVersion: 'aws_v1',
    PriceList: found.slice(from, from + size).map(({ attributes, unit, usd }) => JSON.stringify(product(attributes, unit, usd))),
    ...next,
  };
}

function mount(wire: Wire, cloud: Cloud): void {
  const actions: Actions = { ...typeActions(), ...serverActions(cloud), ...objectActions(cloud), ...addressActions(cloud) };
  const run = (call: Call): unknown => {
    const { service, region } = scopeOf(call.request)!;
    if (service === 'pricing') return products(JSON.parse(String(call.request.body)) as object);
    if (!REGIONS.some(({ id }) => id === region))
      throw new Refusal('forbidden', `You are not subscribed to the region ${region}.`, 'OptInRequired');
    const params = paramsOf(call.request);
    const action = params.get('Action') ?? '';
    const handler = actions[action];
    if (!handler) throw new Refusal('gone', `The action ${action} is not valid for this web service.`);
    const body = handler(new Asked(call.account, region, params));
    call.response.type(XML).send(answerXml(service, action, body, cloud.world.uuid()));
    return undefined;
  };
  wire.on('get /', run);
  wire.on('post /', run);
}

const aws: CloudWire = {
  sheet,
  words,
  reads: textBodies,
  accountDefaults: { rateLimit: { requests: 6_000, perMs: 60_000 } },
  mount,
  leftovers: (world) =>
    addressesOf(world)
      .all()
      .map(({ id, ip, labels }) => ({ kind: 'other', id, name: labels['Name'] ?? ip })),
  looks: {
    isItem: ({ searchParams }, id) => searchParams.get('InstanceId.1') === id && searchParams.get('Action') === 'DescribeInstances',
    without: (text, id) =>
      text.replaceAll(new RegExp(`<item><reservationId>r-${id.slice(2)}</reservationId>.*?</instancesSet></item>`, 'gs'), ''),
  },
  errorAnswer(status) {
    const code = status === 404 ? 'InvalidInstanceID.NotFound' : status === 401 ? 'AuthFailure' : status === 429 ? 'RequestLimitExceeded' : status >= 500 ? 'InternalError' : 'InvalidParameterValue'; // prettier-ignore
    return { body: errorXml(code, code), headers: { 'content-type': XML } };
  },
};

export const simulation = simulateCloud({
  ...aws,
  words: { ...words, credential: (request) => signer(request, Date.now()) },
});
