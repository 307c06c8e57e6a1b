/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type SimulatorChange =
  | { change: 'remove' }
  | { change: 'power'; power: 'on' | 'off' }
  | { change: 'rename'; label: string }
  | { change: 'resize'; plan: string };
export type SimulatorFault = {
  id: string;
  provider: string;
  kind: string;
  method: string | null;
  path: string | null;
  times: number | null;
  hits: number;
  detail: string;
};
export type SimulatorFaultCreate = {
  provider: string;
  kind: 'status' | 'timeout' | 'cut' | 'malformed' | 'lost-answer' | 'delay' | 'vanish' | 'hold' | 'flag';
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path?: string;
  times?: number | null;
  status?: number;
  ms?: number;
  when?: 'before' | 'after';
  flag?: string;
  match?: string;
};
export type SimulatorInstances = {
  instances: {
    provider: string;
    id: string;
    label: string;
    status: string;
    region: string;
    plan: string;
    image: string;
    ipv4: string;
    tags: string[];
  }[];
};
export type SimulatorRecords = {
  records: { provider: string; zone: string; name: string; type: string; content: string; comment: string | null }[];
};
export type SimulatorRequests = {
  requests: { at: string; provider: string; method: string; path: string; status: number; ms: number; fault: string | null }[];
};
export type SimulatorState = {
  speed: number;
  providers: { id: string; instances: number; records: number; accounts: number }[];
  faults: SimulatorFault[];
};
export type SimulatorStock = { provider: string; plan: string; region: string; available: boolean };
