-- What staff fill in by hand about a server of the server shop's clients, beside what Plinth knows of it.
CREATE TABLE "compat_instance" (
    "orderItemId" TEXT NOT NULL,
    "fields" JSONB NOT NULL DEFAULT '{}',
    "rootPassword" TEXT,
    "panelPassword" TEXT,
    "readyAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "compat_instance_pkey" PRIMARY KEY ("orderItemId"),
    CONSTRAINT "compat_instance_orderItemId_fkey" FOREIGN KEY ("orderItemId") REFERENCES "order_item"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
