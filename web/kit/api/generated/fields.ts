/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type FirewallRules = { protocol: 'tcp' | 'udp' | 'icmp'; ports: string | null; sources: string[] }[];
export type FirewallRulesInput = { protocol: 'tcp' | 'udp' | 'icmp'; ports?: string | null; sources: string[] }[];
