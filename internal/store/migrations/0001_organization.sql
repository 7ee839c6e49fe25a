-- +goose Up
create table organization (
  pk integer primary key,
  id {text} not null,
  display_name {text} not null,
  practice boolean not null,
  usage_location {text} not null,
  settings {text} not null,
  clock_offset bigint not null,
  created bigint not null,
  -- what nearly every change counts, in one row: one page to write
  people bigint not null,
  deleted_people bigint not null,
  audit_seq bigint not null, -- of the newest row of the trail, so that rows cut off its end are missed
  audit_hash {blob} not null
);

create table domains (
  name {text} primary key,
  ordinal bigint not null
);

create table users (
  pk {pk},
  id {text} not null,
  upn {text} not null,
  upn_key {text} not null,
  display_name {text} not null,
  display_key {text} not null,
  given_name {text} not null,
  surname {text} not null,
  surname_key {text} not null,
  mail {text} not null,
  mail_key {text} not null,
  mail_nickname {text} not null,
  job_title {text} not null,
  department {text} not null,
  company_name {text} not null,
  office_location {text} not null,
  mobile_phone {text} not null,
  business_phones {text} not null,
  fax_number {text} not null,
  other_mails {text} not null,
  employee_id {text} not null,
  street_address {text} not null,
  city {text} not null,
  state {text} not null,
  postal_code {text} not null,
  country {text} not null,
  usage_location {text} not null,
  preferred_language {text} not null,
  user_type {text} not null,
  enabled boolean not null,
  sync_state bigint not null,
  immutable_id {text} not null,
  hidden boolean not null,
  restricted boolean not null,
  manager_pk bigint,
  created bigint not null,
  deleted bigint,
  sessions_from bigint not null,
  session_epoch bigint not null,
  password_hash {text} not null,
  parked_hash {text} not null,
  must_change boolean not null,
  licenses_removed bigint not null,
  licensed boolean not null,
  shared boolean not null
);
create unique index users_id on users (id);
create unique index users_upn on users (upn_key) where deleted is null; -- the name of a deleted one is free at once
create index users_display on users (display_key, pk) where deleted is null;
create index users_surname on users (surname_key, pk);
create index users_mail on users (mail_key) where mail_key <> '';
create index users_deleted on users (deleted, pk) where deleted is not null;
create index users_manager on users (manager_pk) where manager_pk is not null;
create index users_employee on users (employee_id) where employee_id <> '';
create index users_blocked on users (display_key, pk) where deleted is null and not enabled;
create index users_synced on users (display_key, pk) where deleted is null and sync_state = 1;
create index users_shared on users (display_key, pk) where deleted is null and shared;
create index users_unlicensed on users (display_key, pk) where not licensed;

create table addresses (
  address_key {text} primary key,
  value {text} not null,
  user_pk bigint not null,
  is_primary boolean not null,
  ordinal bigint not null
) {without rowid};
create index addresses_user on addresses (user_pk);

create table user_words (
  word {text} not null,
  user_pk bigint not null,
  primary key (word, user_pk)
) {without rowid};

create table role_assignments (
  pk {pk},
  id {text} not null,
  user_pk bigint not null,
  role {text} not null,
  suspended boolean not null
);
create unique index role_assignments_user on role_assignments (user_pk, role);
create index role_assignments_role on role_assignments (role, user_pk);

create table products (
  pk {pk},
  sku {text} not null,
  part_number {text} not null,
  display_name {text} not null,
  plans {text} not null,
  company boolean not null,
  consumed bigint not null
);
create unique index products_sku on products (sku);

create table subscriptions (
  pk {pk},
  id {text} not null,
  product_pk bigint not null,
  channel {text} not null,
  billing {text} not null,
  commitment {text} not null,
  term_start bigint not null,
  term_end bigint not null,
  last_purchase bigint not null,
  recurring boolean not null,
  trial boolean not null,
  credit_check boolean not null,
  end_of_sale boolean not null,
  by_rep boolean not null,
  status {text} not null,
  total bigint not null,
  price bigint not null,
  currency {text} not null,
  per {text} not null,
  scheduled_total bigint,
  scheduled_at bigint
);
create unique index subscriptions_id on subscriptions (id);

create table seat_history (
  pk {pk},
  subscription_pk bigint not null,
  at bigint not null,
  total bigint not null,
  assigned bigint not null
);
create index seat_history_subscription on seat_history (subscription_pk, at);

create table licenses (
  user_pk bigint not null,
  product_pk bigint not null,
  group_pk bigint not null,
  disabled_plans {text} not null,
  error {text} not null,
  assigned bigint not null,
  primary key (user_pk, product_pk, group_pk)
) {without rowid};
create index licenses_product on licenses (product_pk, user_pk);

create table groups (
  pk {pk},
  id {text} not null,
  display_name {text} not null,
  display_key {text} not null,
  description {text} not null,
  mail {text} not null,
  mail_nickname {text} not null,
  unified boolean not null,
  security boolean not null,
  mail_enabled boolean not null,
  rule {text} not null,
  synced boolean not null,
  role_assignable boolean not null,
  created bigint not null,
  deleted bigint
);
create unique index groups_id on groups (id);
create index groups_display on groups (display_key, pk) where deleted is null;

create table group_members (
  user_pk bigint not null,
  group_pk bigint not null,
  primary key (user_pk, group_pk)
) {without rowid};
create index group_members_group on group_members (group_pk, user_pk);

create table group_owners (
  user_pk bigint not null,
  group_pk bigint not null,
  primary key (user_pk, group_pk)
) {without rowid};
create index group_owners_group on group_owners (group_pk, user_pk);

create table group_licenses (
  group_pk bigint not null,
  product_pk bigint not null,
  disabled_plans {text} not null,
  primary key (group_pk, product_pk)
) {without rowid};

create table mailboxes (
  pk {pk},
  id {text} not null,
  user_pk bigint,
  type {text} not null,
  forward_to {text} not null,
  forward_key {text} not null,
  keep_copy boolean not null,
  replies {text} not null,
  litigation boolean not null,
  holds {text} not null,
  archive boolean not null,
  size bigint not null,
  disconnected bigint,
  due bigint,
  former_name {text} not null,
  former_id {text} not null
);
create unique index mailboxes_user on mailboxes (user_pk);
create index mailboxes_forward on mailboxes (forward_key) where forward_key <> '';
create index mailboxes_disconnected on mailboxes (disconnected) where disconnected is not null;
create index mailboxes_due on mailboxes (due) where due is not null;

create table mailbox_permissions (
  mailbox_pk bigint not null,
  who_pk bigint not null,
  permission {text} not null,
  primary key (mailbox_pk, who_pk, permission)
) {without rowid};
create index mailbox_permissions_who on mailbox_permissions (who_pk);

create table folders (
  pk {pk},
  id {text} not null,
  mailbox_pk bigint not null,
  parent_pk bigint,
  name {text} not null,
  well_known {text} not null,
  hidden boolean not null
);
create unique index folders_id on folders (id);
create index folders_mailbox on folders (mailbox_pk);

create table messages (
  pk {pk},
  id {text} not null,
  mailbox_pk bigint not null,
  folder_pk bigint not null,
  subject {text} not null,
  sender_name {text} not null,
  sender_address {text} not null,
  recipients {text} not null,
  received bigint not null,
  is_read boolean not null,
  preview {text} not null,
  size bigint not null,
  body {text} not null
);
create unique index messages_id on messages (id);
create index messages_folder on messages (folder_pk, received, pk);
create index messages_mailbox on messages (mailbox_pk, received, pk);
create index messages_body on messages (body) where body <> '';
create index messages_unread on messages (folder_pk) where not is_read;

create table drives (
  pk {pk},
  id {text} not null,
  user_pk bigint,
  size bigint not null,
  items bigint not null,
  held boolean not null,
  unlicensed bigint,
  owner_deleted bigint,
  former_name {text} not null,
  former_id {text} not null
);
create unique index drives_id on drives (id);
create unique index drives_user on drives (user_pk);
create index drives_owner_deleted on drives (owner_deleted) where owner_deleted is not null;

create table drive_grants (
  drive_pk bigint not null,
  who_pk bigint not null,
  primary key (drive_pk, who_pk)
) {without rowid};
create index drive_grants_who on drive_grants (who_pk);

create table drive_items (
  pk {pk},
  id {text} not null,
  drive_pk bigint not null,
  parent_pk bigint,
  name {text} not null,
  folder boolean not null,
  size bigint not null,
  mime {text} not null,
  body {text} not null,
  created bigint not null,
  modified bigint not null
);
create unique index drive_items_id on drive_items (id);
create index drive_items_drive on drive_items (drive_pk, parent_pk, name);
create index drive_items_body on drive_items (body) where body <> '';

create table item_permissions (
  pk {pk},
  id {text} not null,
  item_pk bigint not null,
  drive_pk bigint not null,
  who_pk bigint not null,
  role {text} not null,
  expires bigint
);
create unique index item_permissions_id on item_permissions (id);
create index item_permissions_drive on item_permissions (drive_pk);
create index item_permissions_item on item_permissions (item_pk);
create index item_permissions_who on item_permissions (who_pk);

create table drive_devices (
  drive_pk bigint not null,
  name {text} not null,
  last_sync bigint not null,
  primary key (drive_pk, name)
) {without rowid};

create table body_queue (
  body {text} primary key
) {without rowid};

create table departures (
  pk {sqlite integer}{postgres bigint} primary key,
  id {text} not null, -- ends in the key
  status {text} not null,
  actor_id {text} not null,
  actor {text} not null,
  created bigint not null,
  ended bigint,
  hash {text} not null,
  idempotent {text} not null,
  total bigint not null,
  counts {text} not null,
  node {text} not null,
  lease bigint not null,
  undoing boolean not null,
  undone_by {text} not null,
  next bigint not null
);
create unique index departures_key on departures (actor_id, idempotent) where idempotent <> '';
create index departures_open on departures (lease) where ended is null;

create table departure_items (
  pk {sqlite integer}{postgres bigint} primary key, -- departure and ordinal in one number
  departure_pk bigint not null,
  ordinal bigint not null,
  user_pk bigint not null,
  user_id {text} not null,
  asked {text} not null,
  name {text} not null,
  display_name {text} not null,
  plan {text} not null,
  outcome {text} not null,
  code {text} not null,
  rule {text} not null,
  ran bigint not null,
  undone boolean not null,
  detail {text} not null,
  before {text} not null
);
create index departure_items_user on departure_items (user_pk);

create table audit (
  seq {sqlite integer}{postgres bigint} primary key,
  at bigint not null,
  actor_id {text} not null,
  actor_name {text} not null,
  action {text} not null,
  target_id {text} not null,
  target_name {text} not null,
  result {text} not null,
  request {text} not null,
  detail {text} not null,
  hash {blob} not null
);
create index audit_target on audit (target_id, seq);

-- +goose Down
drop table audit;
drop table departure_items;
drop table departures;
drop table body_queue;
drop table drive_devices;
drop table item_permissions;
drop table drive_items;
drop table drive_grants;
drop table drives;
drop table messages;
drop table folders;
drop table mailbox_permissions;
drop table mailboxes;
drop table group_licenses;
drop table group_owners;
drop table group_members;
drop table groups;
drop table licenses;
drop table seat_history;
drop table subscriptions;
drop table products;
drop table role_assignments;
drop table user_words;
drop table addresses;
drop table users;
drop table domains;
drop table organization;
