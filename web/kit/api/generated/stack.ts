/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type StackAnswer = { organization: string; project: string; stack: string; config: Record<string, { secure: string } | unknown> };
