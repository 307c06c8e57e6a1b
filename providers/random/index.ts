/** Random values: passwords, ids and names that live in a stack's state. */
import type { Provider } from '../provider.ts';
import { descriptor } from './descriptor.ts';
import { resources } from './provider.ts';

export const provider: Provider = {
  descriptor,
  resources,
  functions: [],
  connect: () => null,
};
