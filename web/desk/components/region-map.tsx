/** Where the VPSes are, on a map of the world: a dot for each region whose place is known, as large as what there is. */
import { Link } from '@tanstack/react-router';
import type { Overview } from '../../kit/api/client.ts';
import { plural } from '../../kit/lib/format.ts';
import { useWidth } from '../../kit/lib/use-width.ts';
import { Tooltip } from '../../kit/ui/tooltip.tsx';
import land from '../lib/land.svg';
import { HEIGHT, project, type Spot, spread, WIDTH } from '../lib/world.ts';

/** What a finger or a pointer needs around the middle of a dot. */
const TARGET_PX = 24;
/** A dot farther from its place would say nothing: a share of a wide map, and room for one turn on a narrow one. */
const FARTHEST = 0.07;
const FARTHEST_PX = 36;
const SMALLEST_PX = 9;
const LARGEST_PX = 22;

type Region = Overview['by_region'][number];
interface Dot {
  readonly region: Region;
  readonly place: Spot;
  readonly at: Spot;
}

export function RegionMap({ regions }: { regions: readonly Region[] }) {
  const { box, width } = useWidth();
  const height = (width * HEIGHT) / WIDTH;
  const dots = width === 0 ? [] : dotsOf(regions, width, height);
  const most = Math.max(1, ...dots.map(({ region }) => region.count));
  const left = width === 0 ? 0 : regions.length - dots.length;
  const summary = `${plural(dots.length, 'region')} on a map of the world`;
  return (
    <div ref={box} className="min-w-0">
      <div className="relative">
        <svg role="img" aria-label={summary} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="block h-auto w-full">
          <use href={`${land}#land`} className="fill-line" />
        </svg>
        {width > 0 && (
          <>
            <svg aria-hidden="true" width={width} height={height} className="pointer-events-none absolute inset-0">
              {dots
                .filter(({ at, place }) => at !== place && Math.hypot(at.x - place.x, at.y - place.y) > 1)
                .map(({ region, at, place }) => (
                  <g key={keyOf(region)}>
                    <line x1={place.x} y1={place.y} x2={at.x} y2={at.y} className="stroke-line-strong" />
                    <circle cx={place.x} cy={place.y} r={1.5} className="fill-line-strong" />
                  </g>
                ))}
            </svg>
            <ul aria-label="Regions on the map">
              {dots.map((dot) => (
                <MapDot key={keyOf(dot.region)} {...dot} size={sizeOf(dot.region.count / most)} />
              ))}
            </ul>
          </>
        )}
      </div>
      {left > 0 && <p className="mt-2 text-xs text-ink-2">{`${plural(left, 'region')} in the list only.`}</p>}
    </div>
  );
}

const keyOf = ({ provider, region }: Region): string => `${provider} ${region}`;
/** An area of the share, not a width. */
const sizeOf = (share: number): number => Math.round(SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * Math.sqrt(share));

/** The largest stand at their own places. */
function dotsOf(regions: readonly Region[], width: number, height: number): Dot[] {
  const known = regions
    .flatMap((region) => {
      if (!region.location) return [];
      const { x, y } = project(region.location);
      return [{ region, place: { x: (x * width) / WIDTH, y: (y * height) / HEIGHT } }];
    })
    .toSorted((a, b) => b.region.count - a.region.count || keyOf(a.region).localeCompare(keyOf(b.region)));
  const shown = spread(
    known.map(({ place }) => place),
    { apart: TARGET_PX, farthest: Math.max(FARTHEST_PX, FARTHEST * width), width, height },
  );
  return known.flatMap((each, n) => (shown[n] ? [{ ...each, at: shown[n] }] : []));
}

function MapDot({ region, at, size }: Dot & { size: number }) {
  const text = `${region.provider_name} · ${region.region}: ${plural(region.count, 'VPS', 'VPSes')}`;
  return (
    <li>
      <Tooltip text={text}>
        <Link
          to="/vps"
          search={{ provider: region.provider, region: region.region }}
          aria-label={text}
          style={{ left: at.x - TARGET_PX / 2, top: at.y - TARGET_PX / 2, width: TARGET_PX, height: TARGET_PX }}
          className="group absolute grid place-items-center rounded-full"
        >
          <span
            style={{ width: size, height: size }}
            className="block rounded-full border-2 border-surface bg-accent group-hover:bg-ink group-focus-visible:bg-ink"
          />
        </Link>
      </Tooltip>
    </li>
  );
}
