/** How the installation is called here. The desk goes by the product's own name. */
import { useSyncExternalStore } from 'react';
import type { Routes } from '../api/client.ts';

export type Brand = Routes['getBrand']['answer']['brand'];

let present: Brand | null = null;
const listeners = new Set<() => void>();

export const brandName = (): string => present?.name ?? 'Plinth';

export function setBrand(brand: Brand): void {
  present = brand;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** null: not known yet. */
export const useBrand = (): Brand | null => useSyncExternalStore(subscribe, () => present);
