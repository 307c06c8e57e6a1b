/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type TestClock = {
  id: string;
  name: string;
  at: string;
  status: 'ready' | 'advancing';
  target: string | null;
  organization_ids: string[];
};
export type TestClockAdvance = { to: string };
export type TestClockAnswer = { clock: TestClock };
export type TestClockCreate = { name?: string; at: string; organization_ids: string[] };
