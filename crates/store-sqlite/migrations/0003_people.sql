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
