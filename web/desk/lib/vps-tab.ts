/** The parts of a VPS's page beside its operations, as its address names them. */
const TABS = ['snapshots', 'graphs', 'network', 'stack'] as const;
export type VpsTab = (typeof TABS)[number];

export const isVpsTab = (text: unknown): text is VpsTab => TABS.some((tab) => tab === text);
