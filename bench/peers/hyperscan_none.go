//go:build !hyperscan

package peers

import (
	"errors"

	"github.com/cmtrail/cmtrail/bench/corpus"
)

// HyperscanRemark says why there is no Hyperscan; "" when there is.
const HyperscanRemark = "not built with the tag hyperscan, which needs Debian's libhyperscan-dev or libvectorscan-dev"

// Hyperscan stands for the library that this build lacks.
type Hyperscan struct{}

// NewHyperscan says that it is not there.
func NewHyperscan([]corpus.Rule) (*Hyperscan, error) { return nil, errors.New(HyperscanRemark) }

// Chunk searches nothing.
func (*Hyperscan) Chunk(*corpus.Chunk) int { return 0 }

// Close has nothing to free.
func (*Hyperscan) Close() {}
