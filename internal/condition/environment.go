package condition

// maxHoles is the number of holes that one condition can name.
const maxHoles = 32

// environment is what compiled conditions see. Rewriting gives each hole that a condition names one of the slots.
type environment struct {
	Message   string `expr:"message"`
	Component string `expr:"component"`
	File      string `expr:"file"`
	Format    string `expr:"format"`
	Severity  string `expr:"severity"`
	Host      string `expr:"host"`
	Source    string `expr:"source"`
	Thread    int    `expr:"thread"`
	Arch      string `expr:"arch"`

	Has     func(int) bool   // whether the hole of this number is filled
	Carries func(int) bool   // whether the record carries the condition's code of this number
	Number  func(string) int // a text's number

	H0, H1, H2, H3, H4, H5, H6, H7         string
	H8, H9, H10, H11, H12, H13, H14, H15   string
	H16, H17, H18, H19, H20, H21, H22, H23 string
	H24, H25, H26, H27, H28, H29, H30, H31 string
}

// slots returns the hole fields in their order.
func (e *environment) slots() [maxHoles]*string {
	return [maxHoles]*string{
		&e.H0, &e.H1, &e.H2, &e.H3, &e.H4, &e.H5, &e.H6, &e.H7,
		&e.H8, &e.H9, &e.H10, &e.H11, &e.H12, &e.H13, &e.H14, &e.H15,
		&e.H16, &e.H17, &e.H18, &e.H19, &e.H20, &e.H21, &e.H22, &e.H23,
		&e.H24, &e.H25, &e.H26, &e.H27, &e.H28, &e.H29, &e.H30, &e.H31,
	}
}
