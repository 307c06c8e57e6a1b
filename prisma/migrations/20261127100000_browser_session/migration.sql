-- A browser that is signed in with a token. Its cookie's secret is kept as SHA-256; it counts while the token does.
CREATE TABLE "browser_session" (
    "id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "tokenId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "browser_session_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "browser_session_expiresAt_idx" ON "browser_session"("expiresAt");
CREATE INDEX "browser_session_tokenId_idx" ON "browser_session"("tokenId");
ALTER TABLE "browser_session" ADD CONSTRAINT "browser_session_tokenId_fkey" FOREIGN KEY ("tokenId") REFERENCES "api_token"("id") ON DELETE CASCADE ON UPDATE CASCADE;
