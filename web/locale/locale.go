package locale

import (
	"maps"
	"strings"
)

// A Catalogue is what the program says in one language.
type Catalogue struct {
	Tag       string // BCP 47, for the lang attribute
	sentences map[string]string
	fallback  *Catalogue // for a sentence that this language does not have yet
}

// English is the language that is always complete.
var English = &Catalogue{Tag: "en-GB", sentences: join(refusalsEnglish, questionsEnglish, familyEnglish, wardEnglish, importEnglish, plansEnglish, rulesEnglish)}

func join(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// Say returns the sentence for a key, or the key itself if there is none, which
// is ugly enough to be seen and harmless enough to be shown.
func (c *Catalogue) Say(key string) string {
	if text, ok := c.find(key); ok {
		return text
	}
	return key
}

// SayOf returns the sentence for a refusal's code about one question: the one
// that fits the question if there is one, and otherwise the code's own.
func (c *Catalogue) SayOf(code, question string) string {
	if text, ok := c.find(code + "/" + question); ok {
		return text
	}
	return c.Say(code)
}

// Title returns the heading for a page that says only that something was
// refused, and the rest of what it says.
func (c *Catalogue) Title(code string) (title, rest string) {
	title, rest, _ = strings.Cut(c.Say(code), ". ")
	return strings.TrimSuffix(title, "."), rest
}

// Has reports whether the catalogue has a sentence of its own for a key.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.sentences[key]
	return ok
}

func (c *Catalogue) find(key string) (string, bool) {
	if text, ok := c.sentences[key]; ok {
		return text, true
	}
	if c.fallback != nil {
		return c.fallback.find(key)
	}
	return "", false
}
