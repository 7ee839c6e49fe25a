// Package org holds the rules of Leaver: what an organization is made of, what
// deleting somebody does, what stands in the way, what it costs, and how all of
// it is put back. It is pure: values go in, values come out, nothing is read
// from a clock, a disk or a network, and no sentence is written here, only the
// keys of sentences.
//
// Read it in this order: Person (what belongs to one human being), Gate (who
// may delete whom), Choices (what an administrator can ask for), Plan (what
// will happen), Step.Apply (how it happens) and PutBack (how it is undone).
package org
