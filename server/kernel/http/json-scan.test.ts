import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonScan } from './json-scan.ts';

function measure(value: unknown): { depth: number; members: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, members: 0 };
  const inner = Object.values(value).map(measure);
  const members = Math.max(1, inner.length) + inner.reduce((sum, each) => sum + each.members, 0);
  return { depth: 1 + Math.max(0, ...inner.map((each) => each.depth)), members };
}

const cut = (text: string, size: number): Buffer[] => {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
};

it('counts what a parser would make, however the text is cut into pieces', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 1, max: 7 }), (value, size) => {
      const { depth, members } = measure(value);
      const text = JSON.stringify(value);
      const bytes = Buffer.byteLength(text);
      const scan = (limits: { depth: number; members: number; bytes: number }) => {
        const scanned = new JsonScan(limits);
        return (
          cut(text, size)
            .map((piece) => scanned.push(piece))
            .find((broken) => broken !== null) ?? null
        );
      };
      expect(scan({ depth, members, bytes })).toBeNull();
      if (depth > 0) expect(scan({ depth: depth - 1, members, bytes })).toBe('depth');
      if (members > 0) expect(scan({ depth, members: members - 1, bytes })).toBe('members');
      expect(scan({ depth, members, bytes: bytes - 1 })).toBe('bytes');
    }),
  );
});
