-- +goose Up
alter table subscriptions add column bound bigint not null default 0; -- of its seats, those that more seats left bound until the renewal

-- +goose Down
alter table subscriptions drop column bound;
