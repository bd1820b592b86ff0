-- The first schema. Tables and columns follow the declarations in the core's rows, in their order.
--
-- No foreign keys: rows that refer to each other are written by one commit and never deleted, `farthing verify` looks
-- at the references, and each key would cost a look-up on the way of every payment.
--
-- Words are checked where their list is complete. Where it grows with what the gateway learns (dialects, products, kinds
-- of entries and secrets), a CHECK would make every new word a rewrite of the table; reading refuses words it does not
-- know all the same.
--
-- Each index costs on every write; what it is for stands beside it.

-- The one row that says how often the configuration was changed.
CREATE TABLE "config_versions" (
    "row" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    PRIMARY KEY ("row")
) STRICT;

-- A clock with its merchants, clients and users.
-- World time never runs backwards: it is frozen at `frozen_at`, or is the real time plus `offset_ms`.
CREATE TABLE "worlds" (
    "world_id" TEXT NOT NULL,
    "offset_ms" INTEGER NOT NULL,
    "frozen_at" INTEGER,
    "created_at" INTEGER NOT NULL,
    PRIMARY KEY ("world_id")
) STRICT;

-- A merchant.
CREATE TABLE "merchants" (
    "merchant_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('active', 'unregistered', 'suspended', 'closed')),
    "kyb" TEXT NOT NULL CHECK ("kyb" IN ('qualified', 'not_qualified')),
    "contracts" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    PRIMARY KEY ("merchant_id")
) STRICT;

-- A client.
CREATE TABLE "clients" (
    "client_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "dialect" TEXT NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('active', 'disabled')),
    "keys" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    PRIMARY KEY ("client_id")
) STRICT;

-- The clients of one merchant.
CREATE INDEX "clients_by_merchant" ON "clients" ("merchant_id");

-- One act of a person (or a script) through the admin API.
CREATE TABLE "admin_acts" (
    "act_id" TEXT NOT NULL,
    "acted_at" INTEGER NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    "why" TEXT,
    PRIMARY KEY ("act_id")
) STRICT;

-- A user.
CREATE TABLE "users" (
    "user_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "login_id" TEXT NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('active', 'frozen', 'closed')),
    "kyc" TEXT NOT NULL CHECK ("kyc" IN ('none', 'basic', 'full')),
    "created_at" INTEGER NOT NULL,
    PRIMARY KEY ("user_id")
) STRICT;

-- One user's balance in one currency.
CREATE TABLE "wallets" (
    "wallet_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "balance_minor" INTEGER NOT NULL,
    "amount_max_minor" INTEGER,
    "day_amount_max_minor" INTEGER,
    "day_count_max" INTEGER,
    "basic_amount_max_minor" INTEGER,
    "day" INTEGER NOT NULL,
    "day_amount_minor" INTEGER NOT NULL,
    "day_count" INTEGER NOT NULL,
    "chain_count" INTEGER NOT NULL,
    "chain_head" BLOB NOT NULL,
    "created_at" INTEGER NOT NULL,
    PRIMARY KEY ("wallet_id"),
    CHECK ("balance_minor" >= 0)
) STRICT;

-- The wallets of one user.
CREATE INDEX "wallets_by_user" ON "wallets" ("user_id");

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

-- What waits for a decision of its user.
CREATE INDEX "authorizations_by_state" ON "authorizations" ("world_id", "state");

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

-- Which authorization or agreement a secret text belongs to. Never changes once written.
CREATE TABLE "secret_refs" (
    "merchant_id" TEXT NOT NULL,
    "fingerprint" BLOB NOT NULL,
    "kind" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    PRIMARY KEY ("merchant_id", "fingerprint")
) STRICT, WITHOUT ROWID;

-- Which record a merchant's own request id belongs to, for ever. The guard against doing a thing twice.
CREATE TABLE "request_keys" (
    "merchant_id" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    PRIMARY KEY ("merchant_id", "operation", "request_id")
) STRICT, WITHOUT ROWID;

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
    "captured_minor" INTEGER NOT NULL,
    "refunded_minor" INTEGER NOT NULL,
    "reserved_minor" INTEGER NOT NULL,
    "open_attempts" INTEGER NOT NULL,
    "agreement_id" TEXT,
    "wallet_id" TEXT,
    "settlement_currency" TEXT,
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
    CHECK ("open_attempts" >= 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL)),
    CHECK ("paid_at" IS NOT NULL OR "state" <> 'succeeded'),
    CHECK (("paid_at" IS NULL AND "captured_minor" = 0) OR "state" IN ('succeeded', 'cancelled')),
    CHECK (("ended_at" IS NOT NULL) = ("state" IN ('failed', 'cancelled')))
) STRICT;

-- The sweep of unpaid payments whose time is over.
CREATE INDEX "payments_to_expire" ON "payments" ("world_id", "expires_at") WHERE "state" = 'processing';

-- What a merchant told about a payment (order, buyer, goods, terminal). Kept apart because it is people's data.
CREATE TABLE "payment_details" (
    "merchant_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "salt" BLOB NOT NULL,
    "document" TEXT NOT NULL,
    PRIMARY KEY ("merchant_id", "payment_id")
) STRICT, WITHOUT ROWID;

-- One try to have a payment carried out by something that may take its time, or never answer.
CREATE TABLE "attempts" (
    "merchant_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "attempt_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('open', 'done', 'withdrawn')),
    "connector" TEXT NOT NULL,
    "due_at" INTEGER,
    "planned" TEXT CHECK ("planned" IN ('succeed', 'fail')),
    "planned_reason" TEXT,
    "created_at" INTEGER NOT NULL,
    "ended_at" INTEGER,
    PRIMARY KEY ("merchant_id", "payment_id", "attempt_id")
) STRICT;

-- Scripted results that have arrived.
CREATE INDEX "attempts_due" ON "attempts" ("world_id", "due_at") WHERE "state" = 'open';

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

-- The refunds of one payment, for inquiries. The id is in it, because the order would otherwise outweigh the payment.
CREATE INDEX "refunds_by_payment" ON "refunds" ("merchant_id", "payment_id", "refund_id");

-- A notification on its way.
CREATE TABLE "deliveries" (
    "delivery_id" TEXT NOT NULL,
    "world_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "notice" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "state" TEXT NOT NULL CHECK ("state" IN ('pending', 'delivered', 'given_up')),
    "attempt_count" INTEGER NOT NULL,
    "next_attempt_at" INTEGER NOT NULL,
    "lease_owner" TEXT,
    "lease_until" INTEGER,
    "created_at" INTEGER NOT NULL,
    "ended_at" INTEGER,
    PRIMARY KEY ("delivery_id")
) STRICT;

-- The outbox: what is to be sent next.
CREATE INDEX "deliveries_due" ON "deliveries" ("world_id", "next_attempt_at") WHERE "state" = 'pending';

-- The notifications about one payment.
CREATE INDEX "deliveries_by_subject" ON "deliveries" ("subject");

-- One try to deliver a notification.
CREATE TABLE "delivery_attempts" (
    "delivery_id" TEXT NOT NULL,
    "attempt_number" INTEGER NOT NULL,
    "attempted_at" INTEGER NOT NULL,
    "recorded_at" INTEGER NOT NULL,
    "http_status" INTEGER,
    "outcome" TEXT NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    PRIMARY KEY ("delivery_id", "attempt_number")
) STRICT, WITHOUT ROWID;

-- One batch that was committed. `seal_number` is the only thing here that is written later.
CREATE TABLE "commits" (
    "commit_id" TEXT NOT NULL,
    "entry_count" INTEGER NOT NULL,
    "seal_number" INTEGER,
    PRIMARY KEY ("commit_id"),
    CHECK ("entry_count" >= 0)
) STRICT, WITHOUT ROWID;

-- What is not sealed yet, and what one seal covers.
CREATE INDEX "commits_by_seal" ON "commits" ("seal_number", "commit_id");

-- One entry of the journal: what happened to a payment or a wallet, linked to the entry before it.
CREATE TABLE "journal" (
    "commit_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "chain_number" INTEGER NOT NULL,
    "merchant_id" TEXT,
    "world_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "happened_at" INTEGER NOT NULL,
    "recorded_at" INTEGER NOT NULL,
    "state_digest" BLOB NOT NULL,
    "detail_id" TEXT,
    "detail_digest" BLOB,
    "previous" BLOB NOT NULL,
    "hash" BLOB NOT NULL,
    PRIMARY KEY ("commit_id", "position"),
    UNIQUE ("subject", "chain_number")
) STRICT, WITHOUT ROWID;

-- One line of the ledger: so much moved into (or, negative, out of) an account.
CREATE TABLE "postings" (
    "commit_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "line" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    PRIMARY KEY ("commit_id", "position", "line")
) STRICT, WITHOUT ROWID;

-- A signed statement about all batches committed since the one before it.
CREATE TABLE "seals" (
    "seal_number" INTEGER NOT NULL,
    "sealed_at" INTEGER NOT NULL,
    "commit_count" INTEGER NOT NULL,
    "entry_count" INTEGER NOT NULL,
    "root" BLOB NOT NULL,
    "previous" BLOB NOT NULL,
    "hash" BLOB NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" BLOB NOT NULL,
    PRIMARY KEY ("seal_number")
) STRICT;

-- What an account held when a seal was made. Wallets have their own row and are not here.
CREATE TABLE "account_balances" (
    "account" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "seal_number" INTEGER NOT NULL,
    "balance_minor" INTEGER NOT NULL,
    PRIMARY KEY ("account", "currency", "seal_number")
) STRICT, WITHOUT ROWID;
