import type { EngineFault } from '../../automation/types.ts';

/** Ends work at a provider with a fault of its own words. */
export class WorkFailed extends Error {
  readonly fault: EngineFault;
  constructor(fault: EngineFault) {
    super(fault.message);
    this.name = 'WorkFailed';
    this.fault = fault;
  }
}
