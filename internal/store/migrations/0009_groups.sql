-- +goose Up
create index groups_mail on groups (lower(mail)) where mail <> ''; -- no two have one address
create index licenses_failed on licenses (group_pk, user_pk) where error <> ''; -- few; asked of a group

-- +goose Down
drop index licenses_failed;
drop index groups_mail;
