/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Routes1 } from './routes-1.ts';
import type { Routes2 } from './routes-2.ts';
import type { Routes3 } from './routes-3.ts';
import type { Routes4 } from './routes-4.ts';

/** What each route takes and answers. */
export interface Routes extends Routes1, Routes2, Routes3, Routes4 {}
