// Package errorcode knows the error codes that update logs carry: it looks them up by number, spelling or symbol, and
// finds them in messages.
package errorcode

// Entry is a known code.
type Entry struct {
	Code       uint32
	Symbol     string // "" when none was published
	Family     string // wu, ccm, winhttp, cbs, ...
	Meaning    string
	HTTPStatus int  // the HTTP status that the code stands for, else 0
	ScanRetry  bool // ConfigMgr's client tries the scan again after it
}

// Success tells whether the code reports success: its highest bit is clear.
func (e Entry) Success() bool { return e.Code < 1<<31 }
