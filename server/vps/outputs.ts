/** A stack's outputs as they stand on the VPS row; the password is sealed for its own column. */
import { sealPassword } from './password/life.ts';
import type { VpsOutputs } from '../../stacks/outputs.ts';
import type { VpsColumns } from './store.ts';
import type { Services } from '../kernel/services.ts';

export function outputsChange(services: Pick<Services, 'secrets'>, vpsId: string, all: VpsOutputs): VpsColumns {
  const { rootPassword, ...outputs } = all;
  return {
    outputs,
    instanceId: outputs.instanceId,
    ipv4: outputs.ipv4 || null,
    ipv6: outputs.ipv6 || null,
    hostname: outputs.hostname,
    ...(rootPassword === '' ? {} : { rootPassword: sealPassword(services.secrets, 'rootPassword', vpsId, rootPassword) }),
  };
}
