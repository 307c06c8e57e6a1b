/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Brand = {
  name: string;
  logo: string | null;
  accent: string | null;
  shape: 'sharp' | 'soft' | 'round';
  font: string | null;
  support_email: string | null;
  links: { label: string; url: string }[];
};
export type BrandAnswer = { brand: Brand };
export type BrandPatch = {
  name?: string;
  logo?: string | null;
  accent?: string | null;
  shape?: 'sharp' | 'soft' | 'round';
  font?: string | null;
  support_email?: string | null;
  links?: { label: string; url: string }[];
};
