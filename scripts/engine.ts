/** Brings Pulumi's engine and its language host here, so that nothing that uses them waits for a compiler. */
import { ensureToolchain } from '../automation/toolchain.ts';

await ensureToolchain({ need: 'engine+language', onProgress: (line) => process.stderr.write(`${line}\n`) });
