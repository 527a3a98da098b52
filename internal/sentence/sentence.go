// Package sentence matches log messages against sentences with typed holes, the way ConfigMgr's own printf strings
// made them: "Created and Sent Location Request '<location_request_id:guid>' for package <update_source_id:guid>".
package sentence

// Type is what a hole accepts.
type Type uint8

// The hole types. Text is a hole without a type: any text up to what follows.
const (
	Text Type = iota
	GUID
	Hresult
	Int
	Word
	URL
	Path
)

// HoleDef is a hole as declared. An unnamed one (<_:type>) has the name "".
type HoleDef struct {
	Name string
	Type Type
}

// Hole is a filled hole. Value is normalised: GUIDs lower case without braces, codes 0x and eight upper-case digits;
// otherwise a view of the message.
type Hole struct {
	Name  string
	Value string
}

// Error is a fault in a sentence's text, at a rune offset from 0.
type Error struct {
	Offset int
	Text   string
}

func (e *Error) Error() string { return e.Text }
