// Package sqldb is one small SQL layer over SQLite and PostgreSQL: the same SQL
// text runs on both, and callers never see which one it is.
//
// # Reading and writing
//
// All writes go through [DB.Update]. Whoever comes first runs the functions of
// all callers that wait by then in one transaction, commits once and answers all of
// them: sixteen clients share one fsync. One that fails takes nothing of the others
// with it. When Update returns nil the change is durable. The function given to
// Update may run more than once (after a lost connection, for example) and in the
// goroutine of another caller, so it must only look at its arguments and set its
// results afresh; it must not call Update itself, nor do work outside the database.
//
// On PostgreSQL a round trip costs more than a statement. [Tx.Later] lets a change
// that needs no answer go with the next statement, [Tx.Ahead] a query with the one
// before it. On SQLite the one runs at once and the other not at all. [Tx.Last] keeps
// a statement for the end of the transaction, where one may do for all that share it, and
// [DB.Asking] asks what those in line begin with before their turn.
//
// [Tx.Version] says whether anything was changed between two transactions.
//
// [DB.View] gives one consistent snapshot for several statements. [DB.Query],
// [DB.QueryRow], [All] and [One] on the DB itself are for a single statement.
// Both refuse to write. Each holds one of a few connections until its function
// has returned or its rows are closed, so keep them short, and inside View use the
// tx: a query on the DB would wait for a second connection.
//
// Three things hold on both databases, so that a test on one finds what would
// break on the other. After a statement failed the transaction is spoiled: every
// next statement and the commit give that first error; use [Tx.Nested] around a
// statement that may fail. Only one result may be open in a transaction at a
// time. And a statement in Update is never interrupted halfway: a canceled
// context is noticed between statements.
//
// # SQL
//
// Parameters are written $1, $2, …; values are int64 (or another integer kind),
// string, bool, []byte, float64, nil, or a type whose kind is one of these. Times
// are stored as integers. Column types that mean the same in both databases are
// bigint, boolean, text, double precision; the rest are macros. Macros stand in
// braces outside of quotes and comments:
//
//	in migrations
//	{pk}               64-bit integer primary key, numbered by the database
//	{text}             text in byte order, so that ranges, prefixes and keyset paging agree
//	{blob}             bytes
//	{json}             a JSON document
//	{without rowid}    clustered by primary key on SQLite, nothing on PostgreSQL
//	{sqlite …}         only on SQLite
//	{postgres …}       only on PostgreSQL
//	in statements
//	{ints $1}          set of the integers in a JSON array: n in {ints $1}, with [Ints]
//	{texts $1}         set of texts, with [Texts]
//	{blobs $1}         set of bytes, with [Blobs]
//	{ilike}            like without regard to the case of letters
//	{greatest}(a, b)   the largest of several values; {least} the smallest
//
// There is no collation that ignores case on both: store a folded copy of the
// text in a column of its own. An unknown macro is an error. NULLs sort differently: write nulls first or
// nulls last where it matters. Write escape '\' after a like whose pattern went
// through [EscapeLike]. Compare the case of letters with {ilike} only: a plain like
// differs. For a {pk} either always give the number or never. In insert … select … on conflict SQLite wants a where.
package sqldb
