-- The set-up profiles that who bought a product may choose for a reinstall. None: the seller decides, as before.
ALTER TABLE "product" ADD COLUMN "setupProfiles" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
