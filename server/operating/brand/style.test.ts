import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contrast, parse, readable, styleOf } from './style.ts';

const BRAND = { name: 'Acme', logo: null, shape: 'soft' as const, font: null, support_email: null, links: [] };

it('keeps a colour that can be read', () => {
  expect(readable(parse('#123456'), [255, 255, 255], [0, 0, 0])).toEqual([0x12, 0x34, 0x56]);
});

it('makes any colour readable, as text and under text', () => {
  const part = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(part, part, part), ([r, g, b]) => {
      const accent = `#${[r, g, b].map((each) => each.toString(16).padStart(2, '0')).join('')}`;
      const style = styleOf({ ...BRAND, accent });
      const [light, dark] = [...style.matchAll(/--accent: (#\w{6}); --accent-ink: (#\w{6})/g)].map(([, a, ink]) => [
        parse(a!),
        parse(ink!),
      ]);
      expect(contrast(light![0]!, [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
      expect(contrast(dark![0]!, [21, 27, 31])).toBeGreaterThanOrEqual(4.5);
      for (const [a, ink] of [light!, dark!]) expect(contrast(a!, ink!)).toBeGreaterThanOrEqual(4.5);
    }),
  );
});
