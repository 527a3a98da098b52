// Package supplychain holds the documentation of dependencies to what the modules of this repository require.
package supplychain
