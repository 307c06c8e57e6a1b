/** Import before the contract: zod otherwise tries to compile functions, which the Content-Security-Policy refuses. */
import { config } from 'zod';

config({ jitless: true });
