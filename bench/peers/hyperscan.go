//go:build hyperscan

package peers

/*
#cgo pkg-config: libhs
#include <hs.h>
#include <stdlib.h>
#include <string.h>

static int count(unsigned int id, unsigned long long from, unsigned long long to, unsigned int flags, void *n) {
	++*(unsigned long long *)n;
	return 0;
}

// scan_lines searches each line of the data and returns how many matches there are.
static unsigned long long scan_lines(hs_database_t *db, hs_scratch_t *scratch, const char *data, size_t len) {
	unsigned long long n = 0;
	const char *end = data + len;
	while (data < end) {
		const char *nl = memchr(data, '\n', end - data);
		const char *next = nl ? nl + 1 : end;
		hs_scan(db, data, next - data, 0, scratch, count, &n);
		data = next;
	}
	return n;
}
*/
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/cmtrail/cmtrail/bench/corpus"
)

// HyperscanRemark says why there is no Hyperscan; "" when there is.
const HyperscanRemark = ""

// Hyperscan searches lines for the literals of rules.
type Hyperscan struct {
	db      *C.hs_database_t
	scratch *C.hs_scratch_t
}

// NewHyperscan compiles the literals.
func NewHyperscan(rules []corpus.Rule) (*Hyperscan, error) {
	n := len(rules)
	texts := (*[corpus.MaxRules]*C.char)(C.malloc(C.size_t(n) * C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	lens, ids := make([]C.size_t, n), make([]C.uint, n)
	defer C.free(unsafe.Pointer(texts))
	for i, r := range rules {
		texts[i] = C.CString(r.Literal)
		defer C.free(unsafe.Pointer(texts[i]))
		lens[i], ids[i] = C.size_t(len(r.Literal)), C.uint(i)
	}
	h := &Hyperscan{}
	var fault *C.hs_compile_error_t
	if C.hs_compile_lit_multi(&texts[0], nil, &ids[0], &lens[0], C.uint(n), C.HS_MODE_BLOCK, nil, &h.db, &fault) != C.HS_SUCCESS {
		defer C.hs_free_compile_error(fault)
		return nil, fmt.Errorf("hyperscan: %s", C.GoString(fault.message))
	}
	if status := C.hs_alloc_scratch(h.db, &h.scratch); status != C.HS_SUCCESS {
		return nil, fmt.Errorf("hyperscan: no scratch: %d", int(status))
	}
	return h, nil
}

// Chunk searches the lines of a chunk and returns the number of matches.
func (h *Hyperscan) Chunk(c *corpus.Chunk) int {
	return int(C.scan_lines(h.db, h.scratch, (*C.char)(unsafe.Pointer(unsafe.SliceData(c.Data))), C.size_t(len(c.Data))))
}

// Close frees what the library holds.
func (h *Hyperscan) Close() {
	C.hs_free_scratch(h.scratch)
	C.hs_free_database(h.db)
}
