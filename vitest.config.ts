import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const shared = {
  exclude: ['node_modules/**', 'web/node_modules/**', 'prisma/generated/**'],
  environment: 'node' as const,
  pool: 'forks' as const,
};

export default defineConfig({
  test: {
    // Costs a few milliseconds: PostgreSQL and the engine start only when the first test asks for them.
    globalSetup: ['test/support/global-setup.ts'],
    // Files wait for simulated clouds most of the time, so a worker for each core keeps none of them idle.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...shared.exclude, 'test/**'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { ...shared, name: 'integration', include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 600_000 },
      },
    ],
  },
});
