-- Who does the work that one process at a time shall do. A database in a file has one process, which takes no leases; the
-- table is there because every store keeps the same rows.
CREATE TABLE "leases" (
    "name" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "held_until" INTEGER NOT NULL,
    "taken_at" INTEGER NOT NULL,
    PRIMARY KEY ("name")
) STRICT, WITHOUT ROWID;
