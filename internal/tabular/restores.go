package tabular

import "iter"

// RestoreRow is one row of a file of people to bring back.
type RestoreRow struct {
	Row      int
	ObjectID string   // a GUID in lower case
	Cells    []string // the row as it was, one for each heading
}

// Restores gives the rows of a file of restores, in order. There are none when
// the file has problems or is of another kind. R-BULK-13
func (f *File) Restores() iter.Seq[RestoreRow] {
	return func(yield func(RestoreRow) bool) {
		if len(f.Problems) > 0 || f.Format != EntraBulkRestore {
			return
		}
		for in := range f.records(nil) {
			r := in.restore()
			r.Cells = in.original()
			if !yield(r) {
				return
			}
		}
	}
}

// restore reads the row as a restore.
func (in *record) restore() RestoreRow {
	r := RestoreRow{Row: in.row, ObjectID: in.guid(fieldObjectID)}
	in.requireCells()
	return r
}
