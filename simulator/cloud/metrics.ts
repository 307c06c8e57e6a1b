/** What a server's processor and network did: smooth waves that differ by server, the same whenever they are asked for. */
import type { SimServer } from './model.ts';

const WAVE_S = 5_000;

export interface Sample {
  /** Unix seconds. */
  readonly at: number;
  /** Percent of one processor, of all processors together. */
  readonly cpu: number;
  /** Bytes a second. */
  readonly incoming: number;
  readonly outgoing: number;
}

/** From the server's birth on; a server that is off uses nothing, and its past is forgotten. */
export function samplesOf(server: SimServer, vcpus: number, span: { fromS: number; toS: number; stepS: number }): Sample[] {
  const found: Sample[] = [];
  const born = Math.floor(server.createdMs / 1000);
  const step = Math.max(1, span.stepS);
  for (let at = Math.ceil(Math.max(span.fromS, born) / step) * step; at <= span.toS; at += step) found.push(sampleAt(server, vcpus, at));
  return found;
}

/** Bytes in each direction between two times, by the same waves. */
export function trafficOf(server: SimServer, fromMs: number, toMs: number): { incoming: number; outgoing: number } {
  const seconds = Math.max(0, (toMs - Math.max(fromMs, server.createdMs)) / 1000);
  return { incoming: Math.round(seconds * 40_000), outgoing: Math.round(seconds * 170_000) };
}

function sampleAt(server: SimServer, vcpus: number, at: number): Sample {
  if (server.power === 'off') return { at, cpu: 0, incoming: 0, outgoing: 0 };
  const wave = 1 + Math.sin(at / WAVE_S + phaseOf(server.id));
  return { at, cpu: vcpus * 25 * wave, incoming: 40_000 * wave, outgoing: 170_000 * wave };
}

function phaseOf(id: string): number {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
}
