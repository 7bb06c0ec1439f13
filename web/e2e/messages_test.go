package e2e

import (
	"strings"
	"testing"
)

// A ward manager adds a sentence to a message, is refused one that names the ward, sees
// how it would be, saves it, and goes back to the usual words.
func TestAWardWordsAMessage(t *testing.T) {
	p := start(t, t.TempDir(), "")
	site := strings.TrimSuffix(p.open.URL, "/practice")
	m := newPerson(t, newBrowser(t), "manager", 1280, "")
	m.open(p.open.Ward.URL)
	m.signsIn(p.open.Ward.Email, p.open.Ward.Password)
	m.see("Day after")
	m.open(site + "/ward/rules")
	m.press("Messages to families")
	m.look("messages")
	m.press("The day before")
	m.look("message-usual")
	m.fill("Add a sentence", "Ring Willow Ward")
	m.press("Show me the message")
	m.see("Leave out the ward’s name")
	m.look("message-refused")
	m.fill("Add a sentence", "Wear headphones if you can, wherever you are; the room that the patient is in has others in it. Ring if you need us.")
	m.press("Show me the message")
	m.see("How it would be: not saved yet")
	m.look("message-preview")
	m.press("Save")
	m.see("It is saved")
	m.look("message-saved")
	m.press("Back to the usual words")
	m.see("How it would be: not saved yet")
	m.press("Save")
	m.see("The message has its usual words again")
}
