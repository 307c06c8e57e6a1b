-- What is put on servers at their first boot, in versions, and how far that is for each server.
CREATE TABLE "setup_profile" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "builtIn" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "setup_profile_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "setup_profile_name_key" ON "setup_profile" ("name");
CREATE TABLE "setup_version" (
    "profileId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "template" JSONB NOT NULL,
    "sha256" TEXT NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "setup_version_pkey" PRIMARY KEY ("profileId", "version"),
    CONSTRAINT "setup_version_profileId_fkey" FOREIGN KEY ("profileId") REFERENCES "setup_profile" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE TABLE "vps_setup" (
    "vpsId" TEXT NOT NULL,
    "profile" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "values" JSONB NOT NULL,
    "checks" JSONB NOT NULL,
    "readyWithin" INTEGER NOT NULL,
    "secrets" TEXT,
    "tokenHash" TEXT,
    "tokenEnds" TIMESTAMPTZ(3),
    "fetchedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "finishedOk" BOOLEAN,
    "readyAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "vps_setup_pkey" PRIMARY KEY ("vpsId"),
    CONSTRAINT "vps_setup_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "vps_setup_tokenHash_key" ON "vps_setup" ("tokenHash");
-- What was published stays as it was.
CREATE FUNCTION "setup_version_is_fixed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version of a setup profile is never changed';
END $$;
CREATE TRIGGER "setup_version_fixed" BEFORE UPDATE OR DELETE ON "setup_version" FOR EACH ROW EXECUTE FUNCTION "setup_version_is_fixed"();
