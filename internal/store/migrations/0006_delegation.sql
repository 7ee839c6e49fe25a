-- +goose Up
alter table organization add column delegated bigint not null default 0; -- of whoever was deleted up to here, managers got the files

-- +goose Down
alter table organization drop column delegated;
