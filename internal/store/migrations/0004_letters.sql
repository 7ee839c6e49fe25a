-- +goose Up
alter table messages add column content {text} not null default ''; -- of a message without a body
alter table organization add column reminded bigint not null default 0; -- of whoever was deleted up to here, heirs were reminded

-- +goose Down
alter table organization drop column reminded;
alter table messages drop column content;
