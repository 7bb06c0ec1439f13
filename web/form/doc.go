// Package form reads what somebody typed, and keeps it, so that a page which has
// to ask again asks with their own words in place and says beside each answer
// what to do about it.
//
//	f, err := form.Read(r)
//	if err != nil {
//		return err
//	}
//	name := f.Text("name", 80)
//	how := f.Choice("interpreter", "none", "spoken", "sign")
//	if !f.OK() {
//		return s.render(w, r, http.StatusUnprocessableEntity, "family/who", whoPage{Form: f})
//	}
//
// # What is wrong with an answer
//
// A problem is a booking.Refusal, kept under the name of the question it is
// about; package locale has the sentence. What an act of the desk refuses is
// kept the same way:
//
//	visit, err := s.desk.Book(ctx, by, id)
//	if err != nil {
//		if fault := f.Fail("time", err); fault != nil {
//			return fault
//		}
//		return ask again
//	}
//
// # What text may hold
//
// Text is trimmed, and refused if it is too long, is not UTF-8, or holds
// characters that control a screen instead of being read from it: a name that
// turns the rest of a line round is how one person is made to look like another.
// Emoji, accents and every script are names and are welcome.
package form
