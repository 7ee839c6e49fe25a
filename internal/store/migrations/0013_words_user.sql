-- +goose Up
-- PostgreSQL leaves a row where it was put first, so the words of a person lie side by
-- side, and whoever goes for good takes theirs from there.
{postgres create index user_words_user on user_words (user_pk);
}

-- +goose Down
{postgres drop index user_words_user;
}
