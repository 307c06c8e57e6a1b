/** What the guard at the doors works with. */
import type { KeyWrapper } from '../keys.ts';
import type { StateTables } from './store.ts';
import type { Services } from '../../kernel/services.ts';

export interface DoorContext {
  readonly services: Services;
  readonly tables: StateTables;
  readonly keys: KeyWrapper;
}
