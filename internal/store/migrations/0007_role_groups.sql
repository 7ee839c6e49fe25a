-- +goose Up
create index groups_role_assignable on groups (pk) where role_assignable; -- few are; asked of everybody who is to be changed

-- +goose Down
drop index groups_role_assignable;
