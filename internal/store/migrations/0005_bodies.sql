-- +goose Up
alter table body_queue add column removing bigint not null default 0; -- until when somebody removes it from disk

-- +goose Down
alter table body_queue drop column removing;
