-- What each address and token has used of its minute, for all processes. Nothing worth keeping over a crash.
CREATE UNLOGGED TABLE "rate_limit" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "used" INTEGER NOT NULL,
    "resetAt" TIMESTAMPTZ(3) NOT NULL
);
