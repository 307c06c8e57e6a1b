/** Places of the world on a flat map (Natural Earth projection), whose land `scripts/world-map.ts` draws. */

/** Of the map's own units, from the dateline to the dateline. */
export const WIDTH = 2000;
const RADIANS = Math.PI / 180;
const SCALE = WIDTH / (2 * Math.PI * 0.8707);
/** No server stands beyond these. */
const NORTHMOST = 84;
const SOUTHMOST = -57;

const x = (latitude: number, longitude: number): number => {
  const two = (latitude * RADIANS) ** 2;
  const four = two * two;
  return longitude * RADIANS * (0.8707 - 0.131979 * two + four * (four * (0.003971 * two - 0.001529 * four) - 0.013791)) * SCALE;
};
const y = (latitude: number): number => {
  const two = (latitude * RADIANS) ** 2;
  const four = two * two;
  return -latitude * RADIANS * (1.007226 + two * (0.015085 + four * (0.028874 * two - 0.044475 - 0.005916 * four))) * SCALE;
};
const TOP = y(NORTHMOST);
export const HEIGHT = Math.round(y(SOUTHMOST) - TOP);

/** In the map's units, from its upper left corner. Degrees; south and west below zero. */
export function project({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }): {
  readonly x: number;
  readonly y: number;
} {
  return { x: WIDTH / 2 + x(latitude, longitude), y: y(latitude) - TOP };
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Around a place: so many tries on a turn, so much farther out with each turn. */
const TRIES = 16;
const TURN = 5;

/**
 * Where each spot is shown, in the order given: at its own place, or beside it where its square of `apart` would cover that of one before; null where
 * that would be farther off than `farthest`, or outside of a map of that width and height. All in one unit.
 */
export function spread(
  spots: readonly Spot[],
  {
    apart,
    farthest,
    width,
    height,
  }: { readonly apart: number; readonly farthest: number; readonly width: number; readonly height: number },
): (Spot | null)[] {
  const taken: Spot[] = [];
  const isFree = (at: Spot): boolean =>
    at.x >= apart / 2 &&
    at.x <= width - apart / 2 &&
    at.y >= apart / 2 &&
    at.y <= height - apart / 2 &&
    taken.every((other) => Math.max(Math.abs(other.x - at.x), Math.abs(other.y - at.y)) >= apart);
  return spots.map((spot) => {
    for (let step = 0; ; step += 1) {
      const far = (step / TRIES) * TURN;
      if (far > farthest) return null;
      const angle = (step / TRIES) * 2 * Math.PI;
      const at = { x: spot.x + far * Math.cos(angle), y: spot.y + far * Math.sin(angle) };
      if (!isFree(at)) continue;
      taken.push(at);
      return at;
    }
  });
}
