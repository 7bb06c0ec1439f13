package main

import (
	"slices"
	"testing"
)

func testUsage() *usage {
	u := &usage{pages: words{}, asked: words{}, parts: words{}, owner: map[string]string{}, draws: map[string][]string{}, drawn: map[string]bool{}}
	u.readComponent("tag.html", []byte(`<strong class="nhsuk-tag nhsuk-tag__dot">`))
	u.readComponent("links.go", []byte(`"nhsuk-tag--" "nhsuk-input--width-" "nhsuk-panel"`))
	u.readComponent("panel.html", []byte(`<div class="nhsuk-panel">{{template "panel-body" .}}`))
	u.readComponent("hint.html", []byte(`{{define "said"}}<i class="nhsuk-hint">{{end}}`))
	u.readComponent("input.html", []byte(`<input class="nhsuk-input">{{template "said" .}}`))
	u.readPage("today.html", []byte(`<p class="wv-next nhsuk-body">{{nhs "tag" "colour" "red"}}{{field . "input" "name" "width" "10"}} green`))
	return u
}

func TestPrune(t *testing.T) {
	for _, tt := range []struct{ name, css, want string }{
		{"ours, used", ".wv-next{a:b}", ".wv-next{a:b}"},
		{"ours, not used", ".wv-gone{a:b}", ""},
		{"an element", "body{a:b}", "body{a:b}"},
		{"a component that is drawn", ".nhsuk-tag{a:b}", ".nhsuk-tag{a:b}"},
		{"a component drawn by another", ".nhsuk-hint{a:b}", ".nhsuk-hint{a:b}"},
		{"a component that is not", ".nhsuk-panel{a:b}", ""},
		{"an option that is asked for", ".nhsuk-tag--red{a:b}", ".nhsuk-tag--red{a:b}"},
		{"an option after several hyphens", ".nhsuk-input--width-10{a:b}", ".nhsuk-input--width-10{a:b}"},
		{"a word that is no option", ".nhsuk-tag--green{a:b}", ""},
		{"one selector of two", ".wv-next,.wv-gone{a:b}", ".wv-next{a:b}"},
		{"a comma in brackets", ".wv-next:is(a,b),.wv-gone{a:b}", ".wv-next:is(a,b){a:b}"},
		{"what is excluded need not be used", ".wv-next:not(.wv-gone){a:b}", ".wv-next:not(.wv-gone){a:b}"},
		{"within a condition", "@media print{.wv-gone{a:b}.wv-next{a:b}}", "@media print{.wv-next{a:b}}"},
		{"a condition left empty", "@media print{.wv-gone{a:b}}p{a:b}", "p{a:b}"},
		{"movement is kept", "@keyframes x{to{a:b}}", "@keyframes x{to{a:b}}"},
		{"a brace in a string", `.wv-next{content:"}"}.wv-gone{a:b}`, `.wv-next{content:"}"}`},
		{"a picture that is not ours", `.wv-next{background:url("./nhsuk-icon-cross.svg")}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := prune(tt.css, testUsage()); got != tt.want {
				t.Errorf("prune(%s) = %s, want %s", tt.css, got, tt.want)
			}
		})
	}
}

func TestWhatAStyleSheetWouldFetch(t *testing.T) {
	for css, want := range map[string]bool{
		`a{b:url(data:image/svg+xml,x)}`:      false,
		`a{b:url("data:image/svg+xml,x")}`:    false,
		`a{b:url(https://assets.example/x)}`:  true,
		`a{b:url('//assets.example/x.woff')}`: true,
		`@import "https://assets.example/x"`:  true,
	} {
		if got := away(css) != ""; got != want {
			t.Errorf("away(%s) = %v, want %v", css, got, want)
		}
	}
}

func TestIconIsSmoothAndBlueAndWhite(t *testing.T) {
	img := drawIcon(32)
	var shades []uint32
	for y := range 32 {
		for x := range 32 {
			if r, _, _, _ := img.At(x, y).RGBA(); !slices.Contains(shades, r>>8) {
				shades = append(shades, r>>8)
			}
		}
	}
	if !slices.Contains(shades, 0) || !slices.Contains(shades, 255) || len(shades) < 3 {
		t.Errorf("shades of red: %v", shades)
	}
}
