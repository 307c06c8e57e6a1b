/** A stack's outputs as they stand on the VPS row; the password is sealed for its own column. */
import type { VpsOutputs } from '../../stacks/outputs.ts';
import type { VpsChange } from '../store/vpses.ts';
import type { Services } from './services.ts';

export function outputsChange(services: Services, vpsId: string, all: VpsOutputs): VpsChange {
  const { rootPassword, ...outputs } = all;
  return {
    outputs,
    instanceId: outputs.instanceId,
    ipv4: outputs.ipv4 || null,
    ipv6: outputs.ipv6 || null,
    hostname: outputs.hostname,
    ...(rootPassword === ''
      ? {}
      : { rootPassword: services.secrets.seal({ table: 'vps', column: 'rootPassword', id: vpsId }, rootPassword) }),
  };
}
