/** The kinds' names and bodies, gathered from their list. */
import { KINDS } from './list.ts';

type Kind = (typeof KINDS)[number];
type With<Face extends string> = Extract<Kind, Readonly<Record<Face, unknown>>>;

/** Never empty, as a union of bodies must not be. */
function gathered<T>([first, ...rest]: readonly T[]): [T, ...T[]] {
  if (first === undefined) throw new Error('No kind of operation has such a body.');
  return [first, ...rest];
}
const has =
  <Face extends string>(face: Face) =>
  (kind: Kind): kind is With<Face> =>
    face in kind;

export const OPERATION_KINDS = gathered(KINDS.map(({ kind }) => kind));
export const ACTION_BODIES = gathered(KINDS.filter(has('action')).map(({ action }) => action));
export const CHANGE_BODIES = gathered(KINDS.filter(has('change')).map(({ change }) => change));
export const BULK_BODIES = gathered(KINDS.filter(has('bulk')).map(({ bulk }) => bulk));

/** All that can happen to a VPS after it exists. An undo takes a termination back and needs no operation. */
export const VPS_ACTIONS = [...gathered(KINDS.filter(has('action')).map(({ kind }) => kind)), 'destroy', 'undo'] as const;
