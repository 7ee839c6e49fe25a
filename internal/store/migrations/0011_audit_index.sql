-- +goose Up
-- Of whom the trail speaks, in place of an index of the targets, in which each entry
-- had a random page to write: see docs/decisions/0010-the-trail-is-indexed-in-runs.md.
-- The program fills it when it opens the database.
create table audit_index (
  bucket bigint not null, -- of the hash of an id or a name
  run bigint not null, -- the first of 2048 entries of the trail
  whom {blob} not null, -- the rest of each hash, and which entries speak of it
  primary key (bucket, run)
) {without rowid};
drop index audit_target;

-- +goose Down
create index audit_target on audit (target_id, seq);
drop table audit_index;
