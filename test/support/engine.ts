import type { Toolchain } from '../../automation/toolchain.ts';
import { askBroker } from './broker.ts';

/** The engine's binaries, found (or, once on a new machine, fetched or built: minutes) by the run's global set-up. */
export function testEngine(need: 'engine' | 'engine+language' = 'engine'): Promise<Toolchain> {
  return askBroker<Toolchain>(`/${need}`);
}
