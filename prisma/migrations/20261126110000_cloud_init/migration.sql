-- What the customer puts on the server at its first boot, sealed. The service moves what stands in the specs in clear when it starts.
ALTER TABLE "vps" ADD COLUMN "cloudInit" TEXT;
