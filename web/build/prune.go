package main

import (
	"regexp"
	"strings"
)

// prune returns css without the rules whose selectors name a class that is not
// used. It understands what sass writes when compressed: rules, at-rules that
// hold rules, and no comments but those marked important.
func prune(css string, used *usage) string {
	var kept strings.Builder
	for css != "" {
		head, body, rest, ok := nextRule(css)
		if !ok {
			kept.WriteString(css) // statements without a block
			break
		}
		css = rest
		kept.WriteString(pruneRule(head, body, used))
	}
	return kept.String()
}

func pruneRule(head, body string, used *usage) string {
	// A statement such as @charset "utf-8"; may stand before the rule.
	statements := ""
	if at := strings.LastIndexByte(head, ';'); at >= 0 {
		statements, head = head[:at+1], head[at+1:]
	}
	switch {
	case strings.HasPrefix(head, "@media"), strings.HasPrefix(head, "@supports"):
		if inner := prune(body, used); inner != "" {
			return statements + head + "{" + inner + "}"
		}
		return statements
	case strings.HasPrefix(head, "@"): // @font-face, @keyframes, @page
		return statements + head + "{" + body + "}"
	}
	var selectors []string
	for _, selector := range splitSelectors(head) {
		if wanted(selector, used) {
			selectors = append(selectors, selector)
		}
	}
	// The design system's pictures belong to parts that we do not use: sorting
	// arrows and the cross in a search box.
	if len(selectors) == 0 || body == "" || strings.Contains(body, `url("./nhsuk-icon-`) {
		return statements
	}
	return statements + strings.Join(selectors, ",") + "{" + body + "}"
}

// nextRule splits css after its first block.
func nextRule(css string) (head, body, rest string, ok bool) {
	open := -1
	depth := 0
	for i := 0; i < len(css); i++ {
		switch css[i] {
		case '"', '\'':
			i = endOfString(css, i)
		case '{':
			if depth == 0 {
				open = i
			}
			depth++
		case '}':
			depth--
			if depth == 0 {
				return css[:open], css[open+1 : i], css[i+1:], true
			}
		}
	}
	return "", "", "", false
}

// endOfString returns where the string that opens at i closes.
func endOfString(css string, i int) int {
	for j := i + 1; j < len(css); j++ {
		switch css[j] {
		case '\\':
			j++
		case css[i]:
			return j
		}
	}
	return len(css)
}

// splitSelectors splits a list of selectors at the commas outside brackets.
func splitSelectors(head string) []string {
	var parts []string
	depth, from := 0, 0
	for i, c := range head {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, head[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, head[from:])
}

var (
	class = regexp.MustCompile(`\.(-?[A-Za-z_][A-Za-z0-9_-]*)`)
	not   = regexp.MustCompile(`:not\([^()]*\)`)
)

// wanted reports whether a selector can match on our pages: whatever it
// excludes, every class it asks for must be used.
func wanted(selector string, used *usage) bool {
	for _, found := range class.FindAllStringSubmatch(not.ReplaceAllString(selector, ""), -1) {
		if !used.has(found[1]) {
			return false
		}
	}
	return true
}
