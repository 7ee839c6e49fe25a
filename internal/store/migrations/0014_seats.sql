-- +goose Up
-- The seats in use stand in the row that nearly every change writes anyway.
alter table organization add column seats {text} not null default '{}'; -- by SKU, as JSON, without those of which there are none
update organization set seats = coalesce(
  (select {sqlite json_group_object(sku, consumed)}{postgres json_object_agg(sku, consumed)::text} from products where consumed <> 0), '{}');
alter table products drop column consumed;

-- +goose Down
alter table products add column consumed bigint not null default 0;
update products set consumed = coalesce((select {sqlite (select j.value from json_each(o.seats) j where j.key = products.sku)}{postgres (o.seats::jsonb ->> products.sku)::bigint}
  from organization o), 0);
alter table organization drop column seats;
