-- A person who may use the admin side, or could once.
CREATE TABLE "people" (
    "person_id" TEXT NOT NULL,
    "role" TEXT NOT NULL CHECK ("role" IN ('viewer', 'operator', 'admin')),
    "password" TEXT,
    "generation" INTEGER NOT NULL,
    "created_at" INTEGER NOT NULL,
    "removed_at" INTEGER,
    PRIMARY KEY ("person_id")
) STRICT;

-- A token by which a person comes in; the token itself is not kept.
CREATE TABLE "admin_tokens" (
    "token_digest" BLOB NOT NULL,
    "person_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL CHECK ("kind" IN ('personal', 'session')),
    "generation" INTEGER NOT NULL,
    "created_at" INTEGER NOT NULL,
    "expires_at" INTEGER,
    "used_at" INTEGER NOT NULL,
    "ended_at" INTEGER,
    PRIMARY KEY ("token_digest")
) STRICT;

-- What one person of the admin side proposes and another one confirms.
CREATE TABLE "proposals" (
    "proposal_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "names" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "proposed_by" TEXT NOT NULL,
    "proposed_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "why" TEXT,
    "state" TEXT NOT NULL CHECK ("state" IN ('open', 'done', 'declined')),
    "decided_by" TEXT,
    "decided_at" INTEGER,
    PRIMARY KEY ("proposal_id")
) STRICT;
