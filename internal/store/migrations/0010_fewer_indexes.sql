-- +goose Up
-- PostgreSQL writes a changed row anew, and with it an entry in every index that
-- holds it: fewer when those of active people hold no deleted ones. SQLite leaves
-- an entry alone as long as its columns stay.
{postgres drop index users_surname;
drop index users_mail;
drop index users_employee;
drop index users_unlicensed;
create index users_surname on users (surname_key, pk) where deleted is null;
create index users_mail on users (mail_key) where mail_key <> '' and deleted is null;
create index users_employee on users (employee_id) where employee_id <> '' and deleted is null;
create index users_unlicensed on users (display_key, pk) where deleted is null and not licensed;
}

-- +goose Down
{postgres drop index users_surname;
drop index users_mail;
drop index users_employee;
drop index users_unlicensed;
create index users_surname on users (surname_key, pk);
create index users_mail on users (mail_key) where mail_key <> '';
create index users_employee on users (employee_id) where employee_id <> '';
create index users_unlicensed on users (display_key, pk) where not licensed;
}
