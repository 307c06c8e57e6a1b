import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { geoNaturalEarth1 } from 'd3-geo';
import { expect, it } from 'vitest';
import { HEIGHT, project, spread, WIDTH } from './world.ts';

it('shows the land as the script draws it', { timeout: 60_000 }, async () => {
  await promisify(execFile)(process.execPath, ['scripts/world-map.ts', '--check']);
});

it.each([
  [50.11, 8.68],
  [-33.87, 151.21],
  [21.31, -157.86],
  [60.57, 27.2],
])('puts %j, %j where the land is drawn', (latitude, longitude) => {
  const scale = WIDTH / (2 * Math.PI * 0.8707);
  const [x, y] = geoNaturalEarth1().scale(scale).translate([0, 0])([longitude, latitude])!;
  const [middle, at] = [project({ latitude: 0, longitude: 0 }), project({ latitude, longitude })];
  expect(at.x - middle.x).toBeCloseTo(x, 6);
  expect(at.y - middle.y).toBeCloseTo(y, 6);
  expect(at.y > 0 && at.y < HEIGHT).toBe(true);
});

it('shows spots apart and near their places, or not', () => {
  const room = { apart: 24, farthest: 40, width: 400, height: 200 };
  const spots = [...Array.from({ length: 30 }, () => ({ x: 100, y: 100 })), { x: 300, y: 100 }, { x: 399, y: 1 }];
  const shown = spread(spots, room);
  expect(shown[0]).toEqual(spots[0]);
  expect(shown[30]).toEqual(spots[30]);
  const seen = shown.flatMap((at, n) => (at ? [{ at, spot: spots[n]! }] : []));
  expect(seen.length).toBeGreaterThan(8);
  expect(seen.length).toBeLessThan(spots.length);
  for (const { at, spot } of seen) {
    expect(Math.hypot(at.x - spot.x, at.y - spot.y)).toBeLessThanOrEqual(room.farthest);
    expect(at.x >= 12 && at.x <= 388 && at.y >= 12 && at.y <= 188).toBe(true);
    expect(seen.filter((other) => Math.max(Math.abs(other.at.x - at.x), Math.abs(other.at.y - at.y)) < room.apart)).toHaveLength(1);
  }
});
