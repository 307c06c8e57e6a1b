/**
 * Writes web/desk/lib/land.svg, the land of the overview's map as one path, from Natural Earth's outlines at 1:110 million (public
 * domain, in the package `world-atlas`). With --check only says whether it is up to date (exit code 1 when not).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import { HEIGHT, project, WIDTH } from '../web/desk/lib/world.ts';

const TARGET = join(import.meta.dirname, '..', 'web', 'desk', 'lib', 'land.svg');
const FOLLOWS = '<!-- Made by `node scripts/world-map.ts`. Change the script, not this file. -->';

type Topology = Parameters<typeof feature>[0];
const topology = JSON.parse(await readFile(createRequire(import.meta.url).resolve('world-atlas/land-110m.json'), 'utf8')) as Topology;

type Point = readonly [x: number, y: number];

/** Rings of land in the map's units, cut at the dateline. */
function rings(): Point[][] {
  const equator = project({ latitude: 0, longitude: 0 });
  const scale = (project({ latitude: 0, longitude: 90 }).x - equator.x) / ((0.8707 * Math.PI) / 2);
  const projection = geoNaturalEarth1().scale(scale).translate([equator.x, equator.y]).precision(0.5);
  const found: Point[][] = [];
  const path = geoPath(projection, {
    beginPath: () => undefined,
    moveTo: (x: number, y: number) => void found.push([[x, y]]),
    lineTo: (x: number, y: number) => void found.at(-1)!.push([x, y]),
    arc: () => undefined,
    closePath: () => undefined,
  });
  path(feature(topology, topology.objects['land']!));
  return found;
}

/** In whole units, each point by its distance from the one before; empty where nothing of it is left. */
function drawn(ring: readonly Point[]): string {
  const points = ring.map(([x, y]) => [Math.round(x), Math.round(y)] as const);
  const kept = points.filter(([x, y], n) => n === 0 || x !== points[n - 1]![0] || y !== points[n - 1]![1]);
  if (kept.length < 4) return '';
  const steps = kept.slice(1).map(([x, y], n) => `${x - kept[n]![0]} ${y - kept[n]![1]}`);
  return `M${kept[0]!.join(' ')}l${steps.join(' ')}z`.replaceAll(' -', '-');
}

// Antarctica is below the map.
const land = rings().filter((ring) => ring.some(([x, y]) => x >= 0 && x <= WIDTH && y < HEIGHT));
const path = land.map(drawn).filter((part) => part !== '');
const text = `${FOLLOWS}
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><path id="land" d="${path.join('\n')}"/></svg>
`;
if (process.argv.includes('--check')) {
  if ((await readFile(TARGET, 'utf8').catch(() => '')) !== text) {
    console.error('web/desk/lib/land.svg is out of date: run `node scripts/world-map.ts`.');
    process.exitCode = 1;
  }
} else await writeFile(TARGET, text);
