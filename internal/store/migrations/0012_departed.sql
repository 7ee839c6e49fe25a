-- +goose Up
-- The row of a person, which a departure writes anyway, leads to the newest item by
-- which they left, and each item to the one before. An index of items by person took
-- a page of each departure, and the server an entry.
alter table users add column departed bigint not null default 0; -- key of that item
alter table departure_items add column earlier bigint not null default 0; -- key of the item of the same person before
update departure_items set earlier = x.earlier
  from (select pk, lag(pk) over (partition by user_pk order by ran, pk) as earlier from departure_items where outcome = 'done') x
  where x.pk = departure_items.pk and x.earlier is not null;
update users set departed = x.pk
  from (select pk, user_pk, row_number() over (partition by user_pk order by ran desc, pk desc) as place from departure_items where outcome = 'done') x
  where x.user_pk = users.pk and x.place = 1;
drop index departure_items_user;

-- +goose Down
create index departure_items_user on departure_items (user_pk);
alter table departure_items drop column earlier;
alter table users drop column departed;
