-- +goose Up
create table web_sessions (
  handle {text} primary key,
  id {text} not null,
  person_id {text} not null,
  epoch bigint not null,
  created bigint not null,
  seen bigint not null,
  expires bigint not null,
  address {text} not null,
  agent {text} not null,
  pending boolean not null,
  challenge {text} not null
) {without rowid};
create index web_sessions_person on web_sessions (person_id);
create index web_sessions_expires on web_sessions (expires);

create table passkeys (
  id {text} primary key,
  person_id {text} not null,
  name {text} not null,
  credential {text} not null,
  created bigint not null,
  used bigint not null
) {without rowid};
create index passkeys_person on passkeys (person_id);

create table web_drafts (
  id {text} primary key,
  owner_id {text} not null,
  departure_id {text} not null,
  created bigint not null,
  content {blob} not null
) {without rowid};
create index web_drafts_departure on web_drafts (departure_id) where departure_id <> '';
create index web_drafts_created on web_drafts (created);

-- +goose Down
drop table web_drafts;
drop table passkeys;
drop table web_sessions;
