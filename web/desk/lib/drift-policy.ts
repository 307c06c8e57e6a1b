/** What can be done about drift without asking, in the words of the pages. */
export const POLICIES = [
  ['none', 'wait for a person'],
  ['accept', 'accept it'],
  ['repair', 'repair it'],
] as const;
export type Policy = (typeof POLICIES)[number][0];
