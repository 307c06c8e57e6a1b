/**
 * Parts that are loaded when they are needed. One that cannot be had (no network, or a newer Plinth was put in place) is an
 * error that can be tried again; the router's own loader reloads the window instead, and without a network that loses it.
 */
import { createElement, type FunctionComponent, use } from 'react';
import { ApiError } from '../api/problem.ts';
import { reachNow } from './connection.ts';

export class PartMissing extends ApiError {
  readonly #forget: () => void;

  constructor(forget: () => void) {
    super(0, 'part_missing', 'This part of the dashboard could not be loaded.');
    this.#forget = forget;
  }

  override get remedy(): string {
    return reachNow() === 'ok'
      ? 'Plinth may have been replaced by a newer one. Try again.'
      : 'It has not been opened here before, and there is no connection. It is loaded as soon as there is one.';
  }

  again(): void {
    this.#forget();
  }
}

/** A component of its own file; `preload` fetches that before it is shown. */
export function lazyPart<Name extends string, Props extends object>(
  load: () => Promise<Readonly<Record<Name, FunctionComponent<Props>>>>,
  name: Name,
): FunctionComponent<Props> & { preload: () => Promise<void> } {
  let part: FunctionComponent<Props> | undefined;
  let loading: Promise<void> | undefined;
  let failures = 0;
  const forget = (): void => {
    loading = undefined;
    // Twice with a network: the file itself is gone, and only a new page knows the new names.
    if (failures > 1 && reachNow() === 'ok') location.reload();
  };
  const get = (): Promise<void> =>
    (loading ??= load().then(
      (file) => void (part = file[name]),
      () => {
        failures += 1;
        throw new PartMissing(forget);
      },
    ));
  const Part = (props: Props) => {
    if (part === undefined) use(get());
    return createElement(part!, props);
  };
  // What could not be had beforehand is asked for again when it is needed.
  const preload = (): Promise<void> => get().catch(() => void (loading = undefined));
  return Object.assign(Part, { preload });
}
