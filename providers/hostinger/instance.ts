/** How a stack program declares a machine at Hostinger. The tokens are Plinth's own: there is no vendor's package. */
import * as pulumi from '@pulumi/pulumi';
import { besides, declarer } from '../kit/declare.ts';
import { ownerOf } from '../kit/names.ts';
import type { FirewallRule, InstanceModule } from '../provider.ts';
import { descriptor, scriptName } from './descriptor.ts';

const declared = declarer('hostinger:index', descriptor.pulumiPackageVersion);

export const instanceModule: InstanceModule = {
  ignoreChanges: ['templateId', 'password', 'publicKeyIds', 'postInstallScriptId', 'enableBackups'],
  declare(name, request, opts) {
    const keys = request.sshPublicKeys.map((key, i) =>
      declared(
        'publicKey:PublicKey',
        `${name}-key-${i + 1}`,
        { name: `plinth-key-${ownerOf(request)}-${i + 1}`, key: key.trim() },
        [],
        besides(opts),
      ),
    );
    const { setupScript = null } = request;
    const script =
      setupScript === null
        ? null
        : declared(
            'postInstallScript:PostInstallScript',
            `${name}-script`,
            { name: scriptName(ownerOf(request)), content: setupScript },
            [],
            { ...besides(opts), additionalSecretOutputs: ['content'] },
          );
    const { paymentMethodId } = request.options;
    const args = {
      itemId: request.plan,
      dataCenterId: Number(request.region),
      templateId: Number(request.image),
      // The mark: the only name by which a purchase whose answer was lost is found again.
      hostname: request.tags[0]!,
      password: request.rootPassword,
      enableBackups: request.backups,
      ...(typeof paymentMethodId === 'number' ? { paymentMethodId } : {}),
      ...(script === null ? {} : { postInstallScriptId: script.id.apply(Number) }),
      ...(keys.length > 0 ? { publicKeyIds: keys.map(({ id }) => id.apply(Number)) } : {}),
    };
    const machine = declared('vps:Vps', name, args, ['ipv4', 'ipv6', 'purchaseId'], opts);
    if (request.firewall) {
      const rules = request.firewall.flatMap(toRules);
      const wall = { name: `plinth-${ownerOf(request)}`, virtualMachineId: machine.id.apply(Number), rules };
      declared('firewall:Firewall', `${name}-firewall`, wall, [], besides(opts));
    }
    return {
      resource: machine,
      instanceId: machine.id,
      ipv4: machine.told('ipv4'),
      ipv6: request.ipv6 ? machine.told('ipv6') : pulumi.output(''),
      purchaseId: machine.told('purchaseId'),
    };
  },
  declareReverseName(name, { instance, name: domain, ipVersion }, opts) {
    const args = { virtualMachineId: instance.instanceId.apply(Number), address: ipVersion === 4 ? instance.ipv4 : instance.ipv6, domain };
    return declared('ptr:Ptr', name, args, [], opts);
  },
};

/** One rule a source: Hostinger takes one each. */
function toRules({ protocol, ports, sources }: FirewallRule) {
  const port = ports === null ? 'any' : ports.replace('-', ':');
  return sources.map((source) => ({
    protocol: protocol.toUpperCase(),
    port,
    source: source === '0.0.0.0/0' || source === '::/0' ? 'any' : source,
  }));
}
