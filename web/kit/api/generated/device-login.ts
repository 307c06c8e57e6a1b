/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type DeviceLoginAnswer = { user_code: string; allow: boolean };
export type DeviceLoginBegin = { client: string };
export type DeviceLoginBegun = {
  device_secret: string;
  user_code: string;
  url: string;
  expires_in_seconds: number;
  interval_seconds: number;
};
export type DeviceLoginClient = { client: string };
export type DeviceLoginCode = { user_code: string };
export type DeviceLoginPoll = { device_secret: string };
export type DeviceLoginState = { state: 'waiting' | 'denied' | 'done'; token: string | null };
