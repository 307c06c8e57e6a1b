/** Vitest ends its processes without their own end, at which Node would keep what it compiled. */
import { flushCompileCache } from 'node:module';
import { afterAll } from 'vitest';

afterAll(() => flushCompileCache());
