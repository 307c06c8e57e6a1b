/** For a service at simulated clouds: one that fails goes on failing, and what is tried is that it is asked again, not how long that takes. */
export const HASTY = { PLINTH_PROVIDER_PAUSE_SECONDS: '0.02' } as const;
