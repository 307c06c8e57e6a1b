import type { QueryClient } from '@tanstack/react-query';
import type { Operation, Vps, VpsDetail } from './client.ts';
import { keys } from './queries.ts';

/**
 * Puts the operation and the VPS of an answer where the pages look for them, so that what was just asked for is shown at once
 * and not what came before it.
 */
export function noteAccepted(client: QueryClient, answer: unknown): void {
  const { operation, instance } = (answer ?? {}) as { operation?: Operation | null; instance?: Vps };
  if (operation?.vps_id !== undefined) {
    client.setQueryData<Operation>(keys.operation(operation.id), operation);
    client.setQueryData<Operation[]>(keys.vpsOperations(operation.vps_id), (old) =>
      old?.some(({ id }) => id === operation.id)
        ? old.map((each) => (each.id === operation.id ? operation : each))
        : old && [operation, ...old],
    );
  }
  if (instance?.id !== undefined) client.setQueryData<VpsDetail>(keys.vps(instance.id), (old) => old && { ...old, ...instance });
}
