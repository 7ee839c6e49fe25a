package web

// designPage shows every part of the design system. It is open to all: it tells
// nothing about the organization.
func designPage(v *visit) error {
	v.Section = "design"
	return v.render(designView(v))
}
