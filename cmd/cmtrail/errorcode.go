package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

type codeReport struct {
	Code       string `json:"code"`
	Symbol     string `json:"symbol"`
	Family     string `json:"family"`
	Meaning    string `json:"meaning"`
	HTTPStatus int    `json:"http_status,omitempty"`
	ScanRetry  bool   `json:"scan_retry"`
	Known      bool   `json:"known"`
}

func newErrorCode() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "errorcode CODE...",
		Short:   "Explain error codes in any spelling",
		Example: "  cmtrail errorcode 0x8007000E 8007000E -2147024882 WU_E_PT_HTTP_STATUS_DENIED",
		Args:    needs(1, "a CODE, such as 0x8007000E or E_OUTOFMEMORY"),
		// Decimals as logs print them begin with a minus, which flags do too.
		DisableFlagParsing: true,
		ValidArgsFunction: func(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
			var all []string
			for _, s := range rules.ErrorCodes().Symbols() {
				if strings.HasPrefix(s, strings.ToUpper(prefix)) {
					all = append(all, s)
				}
			}
			return all, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			var codes []string
			for _, a := range args {
				switch a {
				case "--json":
					asJSON = true
				case "-h", "--help":
					return c.Help()
				case "--":
				default:
					codes = append(codes, a)
				}
			}
			if len(codes) == 0 {
				return &exitError{exitUsage, "errorcode needs a code, such as 0x8007000E or E_OUTOFMEMORY"}
			}
			var unknown error
			for _, text := range codes {
				if err := explainCode(c, text, asJSON); err != nil {
					c.PrintErrln("cmtrail:", err)
					unknown = &exitError{status: exitUsage}
				}
			}
			return unknown
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a code")
	return c
}

func explainCode(c *cobra.Command, text string, asJSON bool) error {
	table := rules.ErrorCodes()
	code, ok := table.Resolve(text)
	if !ok {
		hint := ""
		if near := sentence.Nearest(strings.ToUpper(text), table.Symbols()); near != "" {
			hint = fmt.Sprintf(", did you mean %s?", near)
		}
		return &exitError{exitUsage, fmt.Sprintf("%q is no error code: expected a form such as 0x8007000E, -2147024882 or a symbol%s", text, hint)}
	}
	e, known := table.Lookup(code)
	r := codeReport{errorcode.Format(code), e.Symbol, e.Family, e.Meaning, e.HTTPStatus, e.ScanRetry, known}
	if asJSON {
		return json.NewEncoder(escaped{beneath(c.OutOrStdout())}).Encode(r)
	}
	if !known {
		c.Printf("%s  not in the table\n", r.Code)
		return nil
	}
	c.Printf("%s  %s  (%s)\n  %s\n", r.Code, orElse(r.Symbol, "no symbol"), r.Family, r.Meaning)
	if r.HTTPStatus != 0 {
		c.Printf("  HTTP status %d\n", r.HTTPStatus)
	}
	if r.ScanRetry {
		c.Println("  the client tries the scan again by itself")
	}
	return nil
}
