/** How an installation shows itself to its customers, on the wire. */
import { z } from 'zod';

const OneLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'one line of text');
const Colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'a colour such as #0f766e')
  .meta({ examples: ['#0f766e'] });
/** A picture within the document: nothing is asked of another server. */
const Picture = z
  .string()
  .max(100_000)
  .regex(/^data:image\/(svg\+xml|png|webp);base64,[A-Za-z0-9+/]+={0,2}$/, 'a data: address of an SVG, PNG or WebP picture in base64');

export const BRAND_SHAPES = ['sharp', 'soft', 'round'] as const;

export const Brand = z.strictObject({
  name: OneLine(60),
  /** null: the product's own. */
  logo: Picture.nullable(),
  /** Buttons and links; made darker or lighter where it could not be read. null: the product's own. */
  accent: Colour.nullable(),
  /** Of corners. */
  shape: z.enum(BRAND_SHAPES),
  /** CSS names of fonts that are on the reader's device; null: the device's own. */
  font: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9 ,'-]+$/, 'names of fonts, separated by commas')
    .nullable(),
  support_email: z.email().max(254).nullable(),
  /** At the foot of every page: imprint, privacy, terms. */
  links: z.array(z.strictObject({ label: OneLine(40), url: z.url({ protocol: /^https?$/ }).max(500) })).max(6),
});
export type Brand = z.infer<typeof Brand>;
export const BrandAnswer = z.strictObject({ brand: Brand });
/** What is left out stays. */
export const BrandPatch = Brand.partial()
  .refine((body) => Object.keys(body).length > 0, 'change at least one of name, logo, accent, shape, font, support_email, links')
  .meta({ minProperties: 1 });
export type BrandPatch = z.infer<typeof BrandPatch>;
