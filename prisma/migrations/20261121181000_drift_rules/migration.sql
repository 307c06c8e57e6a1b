-- What is done without asking about drift of one plan or one kind of difference, where it is not what the account does.
-- An empty plan or field stands for every one, so that each rule has one row.
CREATE TABLE "drift_rule" (
    "accountId" TEXT NOT NULL,
    "plan" TEXT NOT NULL DEFAULT '',
    "field" TEXT NOT NULL DEFAULT '',
    "policy" TEXT NOT NULL,
    "changedBy" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "drift_rule_pkey" PRIMARY KEY ("accountId", "plan", "field")
);
ALTER TABLE "drift_rule" ADD CONSTRAINT "drift_rule_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
