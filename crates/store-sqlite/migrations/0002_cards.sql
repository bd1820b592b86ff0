-- Cards, captures, reversals, customs, settlements, exchange rates and the rules of the sandbox.
--
-- New columns stand where the core's rows declare them, and two tables get wider checks (a payment that failed may have
-- been paid; an attempt may be planned to reverse or to cancel). SQLite can do neither to a table there is, so those
-- tables are made anew and their rows copied. A new column holds nothing in an older row, which leaves the digests in the
-- journal as they were.

-- What one unit of a currency is worth in another one, until it is set anew.
CREATE TABLE "rates" (
    "from_currency" TEXT NOT NULL,
    "to_currency" TEXT NOT NULL,
    "price" TEXT NOT NULL,
    "quote_id" TEXT NOT NULL,
    "set_at" INTEGER NOT NULL,
    PRIMARY KEY ("from_currency", "to_currency")
) STRICT;

-- What an operation of a client shall answer. Only ever in a sandbox.
CREATE TABLE "outcome_rules" (
    "outcome_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "calls_left" INTEGER,
    "is_active" INTEGER NOT NULL CHECK ("is_active" IN (0, 1)),
    "created_at" INTEGER NOT NULL,
    PRIMARY KEY ("outcome_id")
) STRICT;

-- A capture of a part or the whole of an authorized payment.
CREATE TABLE "captures" (
    "merchant_id" TEXT NOT NULL,
    "capture_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "is_last" INTEGER NOT NULL CHECK ("is_last" IN (0, 1)),
    "state" TEXT NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed')),
    "failure" TEXT,
    "due_at" INTEGER,
    "planned" TEXT CHECK ("planned" IN ('succeed', 'fail', 'reverse', 'cancel')),
    "planned_reason" TEXT,
    "notify_url" TEXT,
    "document" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "captured_at" INTEGER,
    "recorded_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id", "capture_id"),
    CHECK ("amount_minor" > 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL)),
    CHECK (("state" = 'succeeded') = ("captured_at" IS NOT NULL))
) STRICT;

-- The captures of one payment, for inquiries.
CREATE INDEX "captures_by_payment" ON "captures" ("merchant_id", "payment_id", "capture_id");

-- Settlements, by the time of capture.
CREATE INDEX "captures_made" ON "captures" ("merchant_id", "captured_at") WHERE "captured_at" IS NOT NULL;

-- Scripted results that have arrived.
CREATE INDEX "captures_due" ON "captures" ("world_id", "due_at") WHERE "state" = 'processing';

-- A card that a payer let a merchant keep, with the token that stands for it.
CREATE TABLE "saved_cards" (
    "merchant_id" TEXT NOT NULL,
    "card_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "customer_id" TEXT,
    "card" TEXT NOT NULL,
    "token_fingerprint" BLOB NOT NULL,
    "token_sealed" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    "recorded_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id", "card_id")
) STRICT;

-- A declaration of a part or the whole of a payment to a customs office.
CREATE TABLE "declarations" (
    "merchant_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "customs_code" TEXT NOT NULL,
    "content_digest" BLOB NOT NULL,
    "customs_payment_id" TEXT NOT NULL,
    "customs_order_id" TEXT NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed')),
    "failure" TEXT,
    "document" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "modified_at" INTEGER NOT NULL,
    "recorded_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id", "request_id"),
    CHECK ("amount_minor" > 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL))
) STRICT;

-- The declarations of one payment.
CREATE INDEX "declarations_by_payment" ON "declarations" ("merchant_id", "payment_id", "request_id");

-- What a merchant is paid for the payments and refunds of one day, in one currency.
CREATE TABLE "settlements" (
    "merchant_id" TEXT NOT NULL,
    "settlement_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "settle_day" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "credit_count" INTEGER NOT NULL,
    "debit_count" INTEGER NOT NULL,
    "credit_minor" INTEGER NOT NULL,
    "debit_minor" INTEGER NOT NULL,
    "fee_minor" INTEGER NOT NULL,
    "settled_at" INTEGER NOT NULL,
    "recorded_at" INTEGER NOT NULL,
    "chain_count" INTEGER NOT NULL,
    "chain_head" BLOB NOT NULL,
    PRIMARY KEY ("merchant_id", "settlement_id")
) STRICT;

-- What a merchant was paid for one day.
CREATE INDEX "settlements_by_day" ON "settlements" ("merchant_id", "settle_day", "settlement_id");

ALTER TABLE "merchants" RENAME TO "merchants_1";

-- A merchant.
CREATE TABLE "merchants" (
    "merchant_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('active', 'unregistered', 'suspended', 'closed')),
    "kyb" TEXT NOT NULL CHECK ("kyb" IN ('qualified', 'not_qualified')),
    "contracts" TEXT NOT NULL,
    "settlement" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id")
) STRICT;

INSERT INTO "merchants" (
    "merchant_id", "world_id", "name", "status", "kyb", "contracts", "settlement", "created_at"
) SELECT
    "merchant_id", "world_id", "name", "status", "kyb", "contracts", '{"fee_basis_points":0,"bank":null}',
    "created_at"
FROM "merchants_1";

DROP TABLE "merchants_1";

ALTER TABLE "authorizations" RENAME TO "authorizations_1";

-- A merchant's request that a user agrees to debits.
CREATE TABLE "authorizations" (
    "merchant_id" TEXT NOT NULL,
    "authorization_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "auth_state" TEXT NOT NULL,
    "redirect_url" TEXT NOT NULL,
    "notify_url" TEXT,
    "auth_client_id" TEXT,
    "merchant_agreement_id" TEXT,
    "scopes" TEXT NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('pending', 'approved', 'declined', 'used')),
    "user_id" TEXT,
    "wallet_id" TEXT,
    "code_fingerprint" BLOB,
    "code_expires_at" INTEGER,
    "agreement_id" TEXT,
    "request" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "recorded_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id", "authorization_id")
) STRICT;

INSERT INTO "authorizations" (
    "merchant_id", "authorization_id", "client_id", "world_id", "method", "auth_state", "redirect_url",
    "notify_url", "auth_client_id", "scopes", "state", "user_id", "wallet_id", "code_fingerprint",
    "code_expires_at", "agreement_id", "request", "created_at", "recorded_at"
) SELECT
    "merchant_id", "authorization_id", "client_id", "world_id", "method", "auth_state", "redirect_url",
    "notify_url", "auth_client_id", "scopes", "state", "user_id", "wallet_id", "code_fingerprint",
    "code_expires_at", "agreement_id", "request", "created_at", "recorded_at"
FROM "authorizations_1";

DROP TABLE "authorizations_1";

-- What waits for a decision of its user.
CREATE INDEX "authorizations_by_state" ON "authorizations" ("world_id", "state");

ALTER TABLE "agreements" RENAME TO "agreements_1";

-- A user's agreement that a merchant may debit a wallet, with the tokens that stand for it.
CREATE TABLE "agreements" (
    "merchant_id" TEXT NOT NULL,
    "agreement_id" TEXT NOT NULL,
    "authorization_id" TEXT,
    "client_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "wallet_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "auth_state" TEXT NOT NULL,
    "auth_client_id" TEXT,
    "merchant_agreement_id" TEXT,
    "notify_url" TEXT,
    "scopes" TEXT NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('active', 'revoked')),
    "access_fingerprint" BLOB NOT NULL,
    "access_sealed" BLOB NOT NULL,
    "access_expires_at" INTEGER NOT NULL,
    "refresh_fingerprint" BLOB NOT NULL,
    "refresh_sealed" BLOB NOT NULL,
    "refresh_expires_at" INTEGER NOT NULL,
    "created_at" INTEGER NOT NULL,
    "revoked_at" INTEGER,
    "recorded_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id", "agreement_id")
) STRICT;

INSERT INTO "agreements" (
    "merchant_id", "agreement_id", "authorization_id", "client_id", "world_id", "user_id", "wallet_id",
    "method", "auth_state", "auth_client_id", "notify_url", "scopes", "state", "access_fingerprint",
    "access_sealed", "access_expires_at", "refresh_fingerprint", "refresh_sealed", "refresh_expires_at",
    "created_at", "revoked_at", "recorded_at"
) SELECT
    "merchant_id", "agreement_id", "authorization_id", "client_id", "world_id", "user_id", "wallet_id",
    "method", "auth_state", "auth_client_id", "notify_url", "scopes", "state", "access_fingerprint",
    "access_sealed", "access_expires_at", "refresh_fingerprint", "refresh_sealed", "refresh_expires_at",
    "created_at", "revoked_at", "recorded_at"
FROM "agreements_1";

DROP TABLE "agreements_1";

ALTER TABLE "payments" RENAME TO "payments_1";

-- A payment.
CREATE TABLE "payments" (
    "merchant_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "payer_fingerprint" BLOB,
    "currency" TEXT NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed', 'cancelled')),
    "user_done" INTEGER NOT NULL CHECK ("user_done" IN (0, 1)),
    "failure" TEXT,
    "open_reason" TEXT,
    "authorized_minor" INTEGER NOT NULL,
    "auth_expires_at" INTEGER,
    "captures_later" INTEGER NOT NULL CHECK ("captures_later" IN (0, 1)),
    "capturing_minor" INTEGER NOT NULL,
    "captures_closed" INTEGER NOT NULL CHECK ("captures_closed" IN (0, 1)),
    "captured_minor" INTEGER NOT NULL,
    "refunded_minor" INTEGER NOT NULL,
    "reserved_minor" INTEGER NOT NULL,
    "declared_minor" INTEGER NOT NULL,
    "approval_refusal" TEXT,
    "card" TEXT,
    "acquirer" TEXT,
    "open_attempts" INTEGER NOT NULL,
    "agreement_id" TEXT,
    "wallet_id" TEXT,
    "settlement_currency" TEXT,
    "settlement_quote" TEXT,
    "settlement_minor" INTEGER,
    "notify_url" TEXT,
    "redirect_url" TEXT,
    "created_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "paid_at" INTEGER,
    "ended_at" INTEGER,
    "cancel_until" INTEGER,
    "refund_until" INTEGER,
    "config_version" INTEGER NOT NULL,
    "details_digest" BLOB NOT NULL,
    "recorded_at" INTEGER NOT NULL,
    "chain_count" INTEGER NOT NULL,
    "chain_head" BLOB NOT NULL,
    PRIMARY KEY ("merchant_id", "payment_id"),
    CHECK ("amount_minor" > 0),
    CHECK ("captured_minor" >= 0 AND "refunded_minor" >= 0 AND "reserved_minor" >= 0),
    CHECK ("refunded_minor" + "reserved_minor" <= "captured_minor"),
    CHECK ("captured_minor" <= "amount_minor"),
    CHECK ("capturing_minor" >= 0 AND "declared_minor" >= 0),
    CHECK (("auth_expires_at" IS NOT NULL) = ("authorized_minor" > 0)),
    CHECK ("capturing_minor" = 0 OR "auth_expires_at" IS NOT NULL),
    CHECK ("auth_expires_at" IS NULL OR "captured_minor" + "capturing_minor" <= "authorized_minor"),
    CHECK ("open_attempts" >= 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL)),
    CHECK ("paid_at" IS NOT NULL OR "state" <> 'succeeded'),
    CHECK ("paid_at" IS NULL OR "state" <> 'processing'),
    CHECK ("paid_at" IS NOT NULL OR "captured_minor" = 0),
    CHECK (("ended_at" IS NOT NULL) = ("state" IN ('failed', 'cancelled')))
) STRICT;

INSERT INTO "payments" (
    "merchant_id", "payment_id", "request_id", "client_id", "world_id", "product", "method",
    "payer_fingerprint", "currency", "amount_minor", "state", "user_done", "failure", "authorized_minor",
    "captures_later", "capturing_minor", "captures_closed", "captured_minor", "refunded_minor",
    "reserved_minor", "declared_minor", "open_attempts", "agreement_id", "wallet_id", "settlement_currency",
    "notify_url", "redirect_url", "created_at", "expires_at", "paid_at", "ended_at", "cancel_until",
    "refund_until", "config_version", "details_digest", "recorded_at", "chain_count", "chain_head"
) SELECT
    "merchant_id", "payment_id", "request_id", "client_id", "world_id", "product", "method",
    "payer_fingerprint", "currency", "amount_minor", "state", "user_done", "failure", 0, 0, 0, 0,
    "captured_minor", "refunded_minor", "reserved_minor", 0, "open_attempts", "agreement_id", "wallet_id",
    "settlement_currency", "notify_url", "redirect_url", "created_at", "expires_at", "paid_at", "ended_at",
    "cancel_until", "refund_until", "config_version", "details_digest", "recorded_at", "chain_count",
    "chain_head"
FROM "payments_1";

DROP TABLE "payments_1";

-- The sweep of unpaid payments whose time is over.
CREATE INDEX "payments_to_expire" ON "payments" ("world_id", "expires_at") WHERE "state" = 'processing';

-- The sweep of authorizations whose time is over and of which nothing was captured.
CREATE INDEX "payments_to_release" ON "payments" ("world_id", "captured_minor", "capturing_minor", "auth_expires_at")
    WHERE "state" = 'succeeded' AND "auth_expires_at" IS NOT NULL;

-- Reports and settlements, by the time of payment.
CREATE INDEX "payments_paid" ON "payments" ("merchant_id", "paid_at") WHERE "paid_at" IS NOT NULL;

-- Settlements, by the time at which a payment was cancelled or ended.
CREATE INDEX "payments_ended" ON "payments" ("merchant_id", "ended_at") WHERE "ended_at" IS NOT NULL;

ALTER TABLE "attempts" RENAME TO "attempts_1";

-- One try to have a payment carried out by something that may take its time, or never answer.
CREATE TABLE "attempts" (
    "merchant_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "attempt_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('open', 'done', 'withdrawn')),
    "connector" TEXT NOT NULL,
    "due_at" INTEGER,
    "planned" TEXT CHECK ("planned" IN ('succeed', 'fail', 'reverse', 'cancel')),
    "planned_reason" TEXT,
    "created_at" INTEGER NOT NULL,
    "ended_at" INTEGER,
    PRIMARY KEY ("merchant_id", "payment_id", "attempt_id")
) STRICT;

INSERT INTO "attempts" (
    "merchant_id", "payment_id", "attempt_id", "world_id", "state", "connector", "due_at", "planned",
    "planned_reason", "created_at", "ended_at"
) SELECT
    "merchant_id", "payment_id", "attempt_id", "world_id", "state", "connector", "due_at", "planned",
    "planned_reason", "created_at", "ended_at"
FROM "attempts_1";

DROP TABLE "attempts_1";

-- Scripted results that have arrived.
CREATE INDEX "attempts_due" ON "attempts" ("world_id", "due_at") WHERE "state" = 'open';

ALTER TABLE "refunds" RENAME TO "refunds_1";

-- A refund of a part or the whole of a payment.
CREATE TABLE "refunds" (
    "merchant_id" TEXT NOT NULL,
    "refund_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed')),
    "failure" TEXT,
    "is_named_by_nonce" INTEGER NOT NULL CHECK ("is_named_by_nonce" IN (0, 1)),
    "capture_id" TEXT,
    "due_at" INTEGER,
    "planned" TEXT CHECK ("planned" IN ('succeed', 'fail', 'reverse', 'cancel')),
    "planned_reason" TEXT,
    "notify_url" TEXT,
    "document" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "refunded_at" INTEGER,
    "recorded_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id", "refund_id"),
    CHECK ("amount_minor" > 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL)),
    CHECK (("state" = 'succeeded') = ("refunded_at" IS NOT NULL))
) STRICT;

INSERT INTO "refunds" (
    "merchant_id", "refund_id", "payment_id", "request_id", "client_id", "world_id", "currency",
    "amount_minor", "state", "failure", "is_named_by_nonce", "notify_url", "document", "created_at",
    "refunded_at", "recorded_at"
) SELECT
    "merchant_id", "refund_id", "payment_id", "request_id", "client_id", "world_id", "currency",
    "amount_minor", "state", "failure", 0, "notify_url", "document", "created_at", "refunded_at",
    "recorded_at"
FROM "refunds_1";

DROP TABLE "refunds_1";

-- The refunds of one payment, for inquiries. The id is in it, because the order would otherwise outweigh the payment.
CREATE INDEX "refunds_by_payment" ON "refunds" ("merchant_id", "payment_id", "refund_id");

-- Reports and settlements, by the time at which money went back.
CREATE INDEX "refunds_made" ON "refunds" ("merchant_id", "refunded_at") WHERE "refunded_at" IS NOT NULL;

-- Scripted results that have arrived.
CREATE INDEX "refunds_due" ON "refunds" ("world_id", "due_at") WHERE "state" = 'processing';
