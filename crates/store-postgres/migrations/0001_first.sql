-- The first schema. Tables and columns follow the declarations in the core's rows, in their order.
--
-- Texts sort by their bytes (COLLATE "C"), as everywhere in the gateway. Where an index holds a column that may be empty,
-- empty ones come first, because selects ask for them in that order.
--
-- No foreign keys: rows that refer to each other are written by one commit and never deleted, `farthing verify` looks
-- at the references, and each key would cost a look-up on the way of every payment. No sequences either: ids are made
-- by the gateway, and nothing on the way of a payment waits for a counter.
--
-- Words are checked where their list is complete. Where it grows with what the gateway learns (dialects, products, kinds
-- of entries and secrets), a CHECK would make every new word a migration; reading refuses words it does not know all
-- the same.
--
-- Rows that are written anew again and again leave room on their pages (fillfactor), so that a new version finds its
-- place beside the old one and the indexes stay as they are.
--
-- Each index costs on every write; what it is for stands beside it. No other index begins with the first column of its
-- table's key and holds the rest of it: on an empty table the planner could prefer it to the key's own.

-- The one row that says how often the configuration was changed.
CREATE TABLE "config_versions" (
    "row" bigint NOT NULL,
    "version" bigint NOT NULL,
    PRIMARY KEY ("row")
);

-- A clock with its merchants, clients and users.
-- World time never runs backwards: it is frozen at `frozen_at`, or is the real time plus `offset_ms`.
CREATE TABLE "worlds" (
    "world_id" text COLLATE "C" NOT NULL,
    "offset_ms" bigint NOT NULL,
    "frozen_at" bigint,
    "created_at" bigint NOT NULL,
    PRIMARY KEY ("world_id")
);

-- A merchant.
CREATE TABLE "merchants" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "name" text COLLATE "C" NOT NULL,
    "status" text COLLATE "C" NOT NULL CHECK ("status" IN ('active', 'unregistered', 'suspended', 'closed')),
    "kyb" text COLLATE "C" NOT NULL CHECK ("kyb" IN ('qualified', 'not_qualified')),
    "contracts" text COLLATE "C" NOT NULL,
    "settlement" text COLLATE "C" NOT NULL,
    "created_at" bigint NOT NULL,
    PRIMARY KEY ("merchant_id")
);

-- A client.
CREATE TABLE "clients" (
    "client_id" text COLLATE "C" NOT NULL,
    "merchant_id" text COLLATE "C" NOT NULL,
    "dialect" text COLLATE "C" NOT NULL,
    "status" text COLLATE "C" NOT NULL CHECK ("status" IN ('active', 'disabled')),
    "keys" text COLLATE "C" NOT NULL,
    "settings" text COLLATE "C" NOT NULL,
    "created_at" bigint NOT NULL,
    PRIMARY KEY ("client_id")
);

-- The clients of one merchant.
CREATE INDEX "clients_by_merchant" ON "clients" ("merchant_id");

-- What one unit of a currency is worth in another one, until it is set anew.
CREATE TABLE "rates" (
    "from_currency" text COLLATE "C" NOT NULL,
    "to_currency" text COLLATE "C" NOT NULL,
    "price" text COLLATE "C" NOT NULL,
    "quote_id" text COLLATE "C" NOT NULL,
    "set_at" bigint NOT NULL,
    PRIMARY KEY ("from_currency", "to_currency")
);

-- What an operation of a client shall answer. Only ever in a sandbox.
CREATE TABLE "outcome_rules" (
    "outcome_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "operation" text COLLATE "C" NOT NULL,
    "outcome" text COLLATE "C" NOT NULL,
    "calls_left" bigint,
    "is_active" bigint NOT NULL CHECK ("is_active" IN (0, 1)),
    "created_at" bigint NOT NULL,
    PRIMARY KEY ("outcome_id")
);

-- One act of a person (or a script) through the admin API.
CREATE TABLE "admin_acts" (
    "act_id" text COLLATE "C" NOT NULL,
    "acted_at" bigint NOT NULL,
    "actor" text COLLATE "C" NOT NULL,
    "action" text COLLATE "C" NOT NULL,
    "subject" text COLLATE "C" NOT NULL,
    "before" text COLLATE "C" NOT NULL,
    "after" text COLLATE "C" NOT NULL,
    "why" text COLLATE "C",
    PRIMARY KEY ("act_id")
);

-- A person who may use the admin side, or could once.
CREATE TABLE "people" (
    "person_id" text COLLATE "C" NOT NULL,
    "role" text COLLATE "C" NOT NULL CHECK ("role" IN ('viewer', 'operator', 'admin')),
    "password" text COLLATE "C",
    "generation" bigint NOT NULL,
    "created_at" bigint NOT NULL,
    "removed_at" bigint,
    PRIMARY KEY ("person_id")
);

-- A token by which a person comes in; the token itself is not kept.
CREATE TABLE "admin_tokens" (
    "token_digest" bytea NOT NULL,
    "person_id" text COLLATE "C" NOT NULL,
    "kind" text COLLATE "C" NOT NULL CHECK ("kind" IN ('personal', 'session')),
    "generation" bigint NOT NULL,
    "created_at" bigint NOT NULL,
    "expires_at" bigint,
    "used_at" bigint NOT NULL,
    "ended_at" bigint,
    PRIMARY KEY ("token_digest")
);

-- What one person of the admin side proposes and another one confirms.
CREATE TABLE "proposals" (
    "proposal_id" text COLLATE "C" NOT NULL,
    "action" text COLLATE "C" NOT NULL,
    "subject" text COLLATE "C" NOT NULL,
    "route" text COLLATE "C" NOT NULL,
    "names" text COLLATE "C" NOT NULL,
    "body" text COLLATE "C" NOT NULL,
    "proposed_by" text COLLATE "C" NOT NULL,
    "proposed_at" bigint NOT NULL,
    "expires_at" bigint NOT NULL,
    "why" text COLLATE "C",
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('open', 'done', 'declined')),
    "decided_by" text COLLATE "C",
    "decided_at" bigint,
    PRIMARY KEY ("proposal_id")
);

-- A user.
CREATE TABLE "users" (
    "user_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "login_id" text COLLATE "C" NOT NULL,
    "status" text COLLATE "C" NOT NULL CHECK ("status" IN ('active', 'frozen', 'closed')),
    "kyc" text COLLATE "C" NOT NULL CHECK ("kyc" IN ('none', 'basic', 'full')),
    "created_at" bigint NOT NULL,
    PRIMARY KEY ("user_id")
) WITH (fillfactor = 90);

-- One user's balance in one currency.
CREATE TABLE "wallets" (
    "wallet_id" text COLLATE "C" NOT NULL,
    "user_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "method" text COLLATE "C" NOT NULL,
    "currency" text COLLATE "C" NOT NULL,
    "balance_minor" bigint NOT NULL,
    "amount_max_minor" bigint,
    "day_amount_max_minor" bigint,
    "day_count_max" bigint,
    "basic_amount_max_minor" bigint,
    "day" bigint NOT NULL,
    "day_amount_minor" bigint NOT NULL,
    "day_count" bigint NOT NULL,
    "chain_count" bigint NOT NULL,
    "chain_head" bytea NOT NULL,
    "created_at" bigint NOT NULL,
    PRIMARY KEY ("wallet_id"),
    CHECK ("balance_minor" >= 0)
) WITH (fillfactor = 70);

-- The wallets of one user.
CREATE INDEX "wallets_by_user" ON "wallets" ("user_id");

-- A merchant's request that a user agrees to debits.
CREATE TABLE "authorizations" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "authorization_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "method" text COLLATE "C" NOT NULL,
    "auth_state" text COLLATE "C" NOT NULL,
    "redirect_url" text COLLATE "C" NOT NULL,
    "notify_url" text COLLATE "C",
    "auth_client_id" text COLLATE "C",
    "merchant_agreement_id" text COLLATE "C",
    "scopes" text COLLATE "C" NOT NULL,
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('pending', 'approved', 'declined', 'used')),
    "user_id" text COLLATE "C",
    "wallet_id" text COLLATE "C",
    "code_fingerprint" bytea,
    "code_expires_at" bigint,
    "agreement_id" text COLLATE "C",
    "request" text COLLATE "C" NOT NULL,
    "created_at" bigint NOT NULL,
    "recorded_at" bigint NOT NULL,
    PRIMARY KEY ("merchant_id", "authorization_id")
);

-- What waits for a decision of its user.
CREATE INDEX "authorizations_by_state" ON "authorizations" ("world_id", "state");

-- A user's agreement that a merchant may debit a wallet, with the tokens that stand for it.
CREATE TABLE "agreements" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "agreement_id" text COLLATE "C" NOT NULL,
    "authorization_id" text COLLATE "C",
    "client_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "user_id" text COLLATE "C" NOT NULL,
    "wallet_id" text COLLATE "C" NOT NULL,
    "method" text COLLATE "C" NOT NULL,
    "auth_state" text COLLATE "C" NOT NULL,
    "auth_client_id" text COLLATE "C",
    "merchant_agreement_id" text COLLATE "C",
    "notify_url" text COLLATE "C",
    "scopes" text COLLATE "C" NOT NULL,
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('active', 'revoked')),
    "access_fingerprint" bytea NOT NULL,
    "access_sealed" bytea NOT NULL,
    "access_expires_at" bigint NOT NULL,
    "refresh_fingerprint" bytea NOT NULL,
    "refresh_sealed" bytea NOT NULL,
    "refresh_expires_at" bigint NOT NULL,
    "created_at" bigint NOT NULL,
    "revoked_at" bigint,
    "recorded_at" bigint NOT NULL,
    PRIMARY KEY ("merchant_id", "agreement_id")
) WITH (fillfactor = 90);

-- Which authorization or agreement a secret text belongs to. Never changes once written.
CREATE TABLE "secret_refs" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "fingerprint" bytea NOT NULL,
    "kind" text COLLATE "C" NOT NULL,
    "target" text COLLATE "C" NOT NULL,
    PRIMARY KEY ("merchant_id", "fingerprint")
);

-- Which record a merchant's own request id belongs to, for ever. The guard against doing a thing twice.
CREATE TABLE "request_keys" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "operation" text COLLATE "C" NOT NULL,
    "request_id" text COLLATE "C" NOT NULL,
    "target" text COLLATE "C" NOT NULL,
    PRIMARY KEY ("merchant_id", "operation", "request_id")
);

-- A payment.
CREATE TABLE "payments" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "payment_id" text COLLATE "C" NOT NULL,
    "request_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "product" text COLLATE "C" NOT NULL,
    "method" text COLLATE "C" NOT NULL,
    "payer_fingerprint" bytea,
    "currency" text COLLATE "C" NOT NULL,
    "amount_minor" bigint NOT NULL,
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed', 'cancelled')),
    "user_done" bigint NOT NULL,
    "failure" text COLLATE "C",
    "open_reason" text COLLATE "C",
    "authorized_minor" bigint NOT NULL,
    "auth_expires_at" bigint,
    "captures_later" bigint NOT NULL,
    "capturing_minor" bigint NOT NULL,
    "captures_closed" bigint NOT NULL,
    "captured_minor" bigint NOT NULL,
    "refunded_minor" bigint NOT NULL,
    "reserved_minor" bigint NOT NULL,
    "declared_minor" bigint NOT NULL,
    "approval_refusal" text COLLATE "C",
    "card" text COLLATE "C",
    "acquirer" text COLLATE "C",
    "open_attempts" bigint NOT NULL,
    "agreement_id" text COLLATE "C",
    "wallet_id" text COLLATE "C",
    "settlement_currency" text COLLATE "C",
    "settlement_quote" text COLLATE "C",
    "settlement_minor" bigint,
    "notify_url" text COLLATE "C",
    "redirect_url" text COLLATE "C",
    "created_at" bigint NOT NULL,
    "expires_at" bigint NOT NULL,
    "paid_at" bigint,
    "ended_at" bigint,
    "cancel_until" bigint,
    "refund_until" bigint,
    "config_version" bigint NOT NULL,
    "details_digest" bytea NOT NULL,
    "recorded_at" bigint NOT NULL,
    "chain_count" bigint NOT NULL,
    "chain_head" bytea NOT NULL,
    PRIMARY KEY ("merchant_id", "payment_id"),
    -- One expression each for the money and for the states: the server reads every CHECK anew for each batch.
    CHECK (least("amount_minor" - 1, "amount_minor" - "captured_minor", "captured_minor" - "refunded_minor" - "reserved_minor",
        "refunded_minor", "reserved_minor", "capturing_minor", "declared_minor", "open_attempts") >= 0),
    CHECK (CASE WHEN "auth_expires_at" IS NULL THEN greatest("authorized_minor", "capturing_minor") <= 0
        ELSE least("authorized_minor" - 1, "authorized_minor" - "captured_minor" - "capturing_minor") >= 0 END),
    CHECK (CASE "state"
        WHEN 'processing' THEN "failure" IS NULL AND "paid_at" IS NULL AND "ended_at" IS NULL
        WHEN 'succeeded' THEN "failure" IS NULL AND "paid_at" IS NOT NULL AND "ended_at" IS NULL
        ELSE ("state" = 'failed') = ("failure" IS NOT NULL) AND "ended_at" IS NOT NULL END
        AND ("paid_at" IS NOT NULL OR "captured_minor" = 0))
) WITH (fillfactor = 90);

-- The sweep of unpaid payments whose time is over.
CREATE INDEX "payments_to_expire" ON "payments" ("world_id", "expires_at") WHERE "state" = 'processing';

-- The sweep of authorizations whose time is over and of which nothing was captured.
CREATE INDEX "payments_to_release" ON "payments" ("world_id", "captured_minor", "capturing_minor", "auth_expires_at" NULLS FIRST)
    WHERE "state" = 'succeeded' AND "auth_expires_at" IS NOT NULL;

-- Reports and settlements, by the time of payment.
CREATE INDEX "payments_paid" ON "payments" ("merchant_id", "paid_at" NULLS FIRST) WHERE "paid_at" IS NOT NULL;

-- Settlements, by the time at which a payment was cancelled or ended.
CREATE INDEX "payments_ended" ON "payments" ("merchant_id", "ended_at" NULLS FIRST) WHERE "ended_at" IS NOT NULL;

-- What a merchant told about a payment (order, buyer, goods, terminal). Kept apart because it is people's data.
CREATE TABLE "payment_details" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "payment_id" text COLLATE "C" NOT NULL,
    "salt" bytea NOT NULL,
    "document" text COLLATE "C" NOT NULL,
    PRIMARY KEY ("merchant_id", "payment_id")
);

-- One try to have a payment carried out by something that may take its time, or never answer.
CREATE TABLE "attempts" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "payment_id" text COLLATE "C" NOT NULL,
    "attempt_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('open', 'done', 'withdrawn')),
    "connector" text COLLATE "C" NOT NULL,
    "due_at" bigint,
    "planned" text COLLATE "C" CHECK ("planned" IN ('succeed', 'fail', 'reverse', 'cancel')),
    "planned_reason" text COLLATE "C",
    "created_at" bigint NOT NULL,
    "ended_at" bigint,
    PRIMARY KEY ("merchant_id", "payment_id", "attempt_id")
);

-- Scripted results that have arrived.
CREATE INDEX "attempts_due" ON "attempts" ("world_id", "due_at" NULLS FIRST) WHERE "state" = 'open';

-- A refund of a part or the whole of a payment.
CREATE TABLE "refunds" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "refund_id" text COLLATE "C" NOT NULL,
    "payment_id" text COLLATE "C" NOT NULL,
    "request_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "currency" text COLLATE "C" NOT NULL,
    "amount_minor" bigint NOT NULL,
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed')),
    "failure" text COLLATE "C",
    "is_named_by_nonce" bigint NOT NULL CHECK ("is_named_by_nonce" IN (0, 1)),
    "capture_id" text COLLATE "C",
    "due_at" bigint,
    "planned" text COLLATE "C" CHECK ("planned" IN ('succeed', 'fail', 'reverse', 'cancel')),
    "planned_reason" text COLLATE "C",
    "notify_url" text COLLATE "C",
    "document" text COLLATE "C" NOT NULL,
    "created_at" bigint NOT NULL,
    "refunded_at" bigint,
    "recorded_at" bigint NOT NULL,
    PRIMARY KEY ("merchant_id", "refund_id"),
    CHECK ("amount_minor" > 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL)),
    CHECK (("state" = 'succeeded') = ("refunded_at" IS NOT NULL))
);

-- The refunds of one payment, for inquiries. The id is in it, because the order would otherwise outweigh the payment.
CREATE INDEX "refunds_by_payment" ON "refunds" ("payment_id", "merchant_id", "refund_id");

-- Reports and settlements, by the time at which money went back.
CREATE INDEX "refunds_made" ON "refunds" ("merchant_id", "refunded_at" NULLS FIRST) WHERE "refunded_at" IS NOT NULL;

-- Scripted results that have arrived.
CREATE INDEX "refunds_due" ON "refunds" ("world_id", "due_at" NULLS FIRST) WHERE "state" = 'processing';

-- A capture of a part or the whole of an authorized payment.
CREATE TABLE "captures" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "capture_id" text COLLATE "C" NOT NULL,
    "payment_id" text COLLATE "C" NOT NULL,
    "request_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "currency" text COLLATE "C" NOT NULL,
    "amount_minor" bigint NOT NULL,
    "is_last" bigint NOT NULL CHECK ("is_last" IN (0, 1)),
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed')),
    "failure" text COLLATE "C",
    "due_at" bigint,
    "planned" text COLLATE "C" CHECK ("planned" IN ('succeed', 'fail', 'reverse', 'cancel')),
    "planned_reason" text COLLATE "C",
    "notify_url" text COLLATE "C",
    "document" text COLLATE "C" NOT NULL,
    "created_at" bigint NOT NULL,
    "captured_at" bigint,
    "recorded_at" bigint NOT NULL,
    PRIMARY KEY ("merchant_id", "capture_id"),
    CHECK ("amount_minor" > 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL)),
    CHECK (("state" = 'succeeded') = ("captured_at" IS NOT NULL))
);

-- The captures of one payment, for inquiries.
CREATE INDEX "captures_by_payment" ON "captures" ("payment_id", "merchant_id", "capture_id");

-- Settlements, by the time of capture.
CREATE INDEX "captures_made" ON "captures" ("merchant_id", "captured_at" NULLS FIRST) WHERE "captured_at" IS NOT NULL;

-- Scripted results that have arrived.
CREATE INDEX "captures_due" ON "captures" ("world_id", "due_at" NULLS FIRST) WHERE "state" = 'processing';

-- A card that a payer let a merchant keep, with the token that stands for it.
CREATE TABLE "saved_cards" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "card_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "customer_id" text COLLATE "C",
    "card" text COLLATE "C" NOT NULL,
    "token_fingerprint" bytea NOT NULL,
    "token_sealed" bytea NOT NULL,
    "created_at" bigint NOT NULL,
    "recorded_at" bigint NOT NULL,
    PRIMARY KEY ("merchant_id", "card_id")
);

-- A declaration of a part or the whole of a payment to a customs office.
CREATE TABLE "declarations" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "request_id" text COLLATE "C" NOT NULL,
    "payment_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "currency" text COLLATE "C" NOT NULL,
    "amount_minor" bigint NOT NULL,
    "customs_code" text COLLATE "C" NOT NULL,
    "content_digest" bytea NOT NULL,
    "customs_payment_id" text COLLATE "C" NOT NULL,
    "customs_order_id" text COLLATE "C" NOT NULL,
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('processing', 'succeeded', 'failed')),
    "failure" text COLLATE "C",
    "document" text COLLATE "C" NOT NULL,
    "created_at" bigint NOT NULL,
    "modified_at" bigint NOT NULL,
    "recorded_at" bigint NOT NULL,
    PRIMARY KEY ("merchant_id", "request_id"),
    CHECK ("amount_minor" > 0),
    CHECK (("state" = 'failed') = ("failure" IS NOT NULL))
);

-- The declarations of one payment.
CREATE INDEX "declarations_by_payment" ON "declarations" ("payment_id", "merchant_id", "request_id");

-- What a merchant is paid for the payments and refunds of one day, in one currency.
CREATE TABLE "settlements" (
    "merchant_id" text COLLATE "C" NOT NULL,
    "settlement_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "settle_day" text COLLATE "C" NOT NULL,
    "currency" text COLLATE "C" NOT NULL,
    "credit_count" bigint NOT NULL,
    "debit_count" bigint NOT NULL,
    "credit_minor" bigint NOT NULL,
    "debit_minor" bigint NOT NULL,
    "fee_minor" bigint NOT NULL,
    "settled_at" bigint NOT NULL,
    "recorded_at" bigint NOT NULL,
    "chain_count" bigint NOT NULL,
    "chain_head" bytea NOT NULL,
    PRIMARY KEY ("merchant_id", "settlement_id")
);

-- What a merchant was paid for one day.
CREATE INDEX "settlements_by_day" ON "settlements" ("settle_day", "merchant_id", "settlement_id");

-- A notification on its way.
CREATE TABLE "deliveries" (
    "delivery_id" text COLLATE "C" NOT NULL,
    "world_id" text COLLATE "C" NOT NULL,
    "merchant_id" text COLLATE "C" NOT NULL,
    "client_id" text COLLATE "C" NOT NULL,
    "kind" text COLLATE "C" NOT NULL,
    "subject" text COLLATE "C" NOT NULL,
    "notice" text COLLATE "C" NOT NULL,
    "url" text COLLATE "C" NOT NULL,
    "state" text COLLATE "C" NOT NULL CHECK ("state" IN ('pending', 'delivered', 'given_up')),
    "attempt_count" bigint NOT NULL,
    "next_attempt_at" bigint NOT NULL,
    "lease_owner" text COLLATE "C",
    "lease_until" bigint,
    "created_at" bigint NOT NULL,
    "ended_at" bigint,
    PRIMARY KEY ("delivery_id")
) WITH (fillfactor = 80);

-- The outbox: what is to be sent next.
CREATE INDEX "deliveries_due" ON "deliveries" ("world_id", "next_attempt_at") WHERE "state" = 'pending';

-- The notifications about one payment.
CREATE INDEX "deliveries_by_subject" ON "deliveries" ("subject");

-- One try to deliver a notification.
CREATE TABLE "delivery_attempts" (
    "delivery_id" text COLLATE "C" NOT NULL,
    "attempt_number" bigint NOT NULL,
    "attempted_at" bigint NOT NULL,
    "recorded_at" bigint NOT NULL,
    "http_status" bigint,
    "outcome" text COLLATE "C" NOT NULL,
    "duration_ms" bigint NOT NULL,
    PRIMARY KEY ("delivery_id", "attempt_number")
);

-- Who does the work that one process at a time shall do. Written anew every few seconds, so it leaves room on its page.
CREATE TABLE "leases" (
    "name" text COLLATE "C" NOT NULL,
    "owner" text COLLATE "C" NOT NULL,
    "held_until" bigint NOT NULL,
    "taken_at" bigint NOT NULL,
    PRIMARY KEY ("name")
) WITH (fillfactor = 50);

-- One batch that was committed. `seal_number` is the only thing here that is written later.
CREATE TABLE "commits" (
    "commit_id" text COLLATE "C" NOT NULL,
    "entry_count" bigint NOT NULL,
    "seal_number" bigint,
    PRIMARY KEY ("commit_id"),
    CHECK ("entry_count" >= 0)
);

-- What is not sealed yet, in order.
CREATE INDEX "commits_unsealed" ON "commits" ("commit_id") WHERE "seal_number" IS NULL;

-- What one seal covers.
CREATE INDEX "commits_by_seal" ON "commits" ("seal_number", "commit_id") WHERE "seal_number" IS NOT NULL;

-- One entry of the journal: what happened to a payment or a wallet, linked to the entry before it.
CREATE TABLE "journal" (
    "commit_id" text COLLATE "C" NOT NULL,
    "position" bigint NOT NULL,
    "subject" text COLLATE "C" NOT NULL,
    "chain_number" bigint NOT NULL,
    "merchant_id" text COLLATE "C",
    "world_id" text COLLATE "C" NOT NULL,
    "kind" text COLLATE "C" NOT NULL,
    "happened_at" bigint NOT NULL,
    "recorded_at" bigint NOT NULL,
    "state_digest" bytea NOT NULL,
    "detail_id" text COLLATE "C",
    "detail_digest" bytea,
    "previous" bytea NOT NULL,
    "hash" bytea NOT NULL,
    PRIMARY KEY ("commit_id", "position"),
    UNIQUE ("subject", "chain_number")
);

-- One line of the ledger: so much moved into (or, negative, out of) an account.
CREATE TABLE "postings" (
    "commit_id" text COLLATE "C" NOT NULL,
    "position" bigint NOT NULL,
    "line" bigint NOT NULL,
    "account" text COLLATE "C" NOT NULL,
    "currency" text COLLATE "C" NOT NULL,
    "amount_minor" bigint NOT NULL,
    PRIMARY KEY ("commit_id", "position", "line")
);

-- A signed statement about all batches committed since the one before it.
CREATE TABLE "seals" (
    "seal_number" bigint NOT NULL,
    "sealed_at" bigint NOT NULL,
    "commit_count" bigint NOT NULL,
    "entry_count" bigint NOT NULL,
    "root" bytea NOT NULL,
    "previous" bytea NOT NULL,
    "hash" bytea NOT NULL,
    "key_id" text COLLATE "C" NOT NULL,
    "signature" bytea NOT NULL,
    PRIMARY KEY ("seal_number")
);

-- What an account held when a seal was made. Wallets have their own row and are not here.
CREATE TABLE "account_balances" (
    "account" text COLLATE "C" NOT NULL,
    "currency" text COLLATE "C" NOT NULL,
    "seal_number" bigint NOT NULL,
    "balance_minor" bigint NOT NULL,
    PRIMARY KEY ("account", "currency", "seal_number")
);
