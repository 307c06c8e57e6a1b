import { Pool } from 'pg';
import type { Checkpoint } from '../../server/kernel/deployment.ts';
import { StateStore } from '../../server/backend/store.ts';

const UPDATE = {
  kind: 'import',
  dryRun: false,
  message: 'by the test',
  environment: {},
  config: {},
  actor: 'test',
  operationId: null,
  engineVersion: '',
};

/** Puts a stack's state in force as its next version, whatever guards it; `change` gets the present one. */
export async function putState(databaseUrl: string, stackId: string, change: (present: Checkpoint | null) => Checkpoint): Promise<void> {
  const pool = new Pool({ connectionString: databaseUrl });
  try {
    const store = new StateStore(pool);
    await store.replaceCheckpoint(stackId, change(await store.checkpoint(stackId)), UPDATE);
  } finally {
    await pool.end();
  }
}
