import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const shared = {
  exclude: ['node_modules/**', 'web/node_modules/**', 'prisma/generated/**'],
  environment: 'node' as const,
  pool: 'forks' as const,
  expect: { poll: { timeout: 20_000 } },
};

/** Ceilings for a machine whose every core is taken many times over; what waits says itself for how long. */
const patient = { testTimeout: 180_000, hookTimeout: 600_000 };

export default defineConfig({
  test: {
    // Modules are loaded by Node itself, as in the product, and compiled ones are kept (test/support/global-setup.ts).
    experimental: { viteModuleRunner: false },
    setupFiles: ['test/support/compiled.ts'],
    // Costs a few milliseconds: PostgreSQL and the engine start only when the first test asks for them.
    globalSetup: ['test/support/global-setup.ts'],
    // With more than one for each core, whole engines take turns, and each takes longer than its share.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...shared.exclude, 'test/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          ...patient,
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...shared.exclude, 'test/hard/**'],
        },
      },
      {
        extends: true,
        // Deaths, cut lines, every trouble at every call, every page: `npm run test:hard`, which .ci/run does besides.
        test: { ...shared, ...patient, name: 'hard', include: ['test/hard/**/*.test.ts'] },
      },
    ],
  },
});
