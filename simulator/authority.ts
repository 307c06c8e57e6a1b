/** Certificates of the simulated machines: one authority per simulator, made when it is first needed and kept in memory only. */
import type { generate } from 'selfsigned';

export interface Certified {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;

export class Authority {
  #own: Promise<Certified> | undefined;

  /** The authority's certificate, which whoever checks a machine is told to trust. */
  async trusted(): Promise<string> {
    return (await this.#root()).cert;
  }
  async certificate(name: string): Promise<Certified> {
    const { key, cert } = await this.#root();
    const made = await signed([{ name: 'commonName', value: name.slice(0, 64) }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ...validity(),
      ca: { key, cert },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    });
    return { key: made.private, cert: made.cert };
  }
  #root(): Promise<Certified> {
    this.#own ??= signed([{ name: 'commonName', value: 'Simulated machines' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ...validity(),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
      ],
    }).then((made) => ({ key: made.private, cert: made.cert }));
    return this.#own;
  }
}

/** Loaded for the first certificate: most simulated worlds need none. */
async function signed(...request: Parameters<typeof generate>): ReturnType<typeof generate> {
  return await (await import('selfsigned')).generate(...request);
}

function validity(): { notBeforeDate: Date; notAfterDate: Date } {
  return { notBeforeDate: new Date(Date.now() - DAY_MS), notAfterDate: new Date(Date.now() + 365 * DAY_MS) };
}
