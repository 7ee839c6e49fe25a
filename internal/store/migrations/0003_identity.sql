-- +goose Up
create table apps (
  id {text} primary key,
  app_id {text} not null,
  display_name {text} not null,
  roles {text} not null,
  enabled boolean not null,
  session_epoch bigint not null,
  created bigint not null,
  details {text} not null
) {without rowid};
create unique index apps_app on apps (app_id);

create table signing_keys (
  id {text} primary key,
  pkcs8 {blob} not null,
  created bigint not null
) {without rowid};

create table grants (
  handle {text} primary key,
  kind {text} not null,
  family {text} not null,
  app_id {text} not null,
  person_id {text} not null,
  expires bigint not null,
  spent bigint not null,
  details {text} not null
) {without rowid};
create index grants_expires on grants (expires);

create table sign_in_attempts (
  name {text} primary key,
  failures bigint not null,
  last bigint not null,
  locked_until bigint not null
) {without rowid};
create index sign_in_attempts_last on sign_in_attempts (last);

-- +goose Down
drop table sign_in_attempts;
drop table grants;
drop table signing_keys;
drop table apps;
