// Package locale holds what the program says to people, by language.
//
// A sentence is found by its key. The code of a refusal is a key, and so is the
// code and the name of a question, CODE/QUESTION, for a sentence that fits that
// question better: "missing" is "Enter an answer", and "missing/name" is "Enter
// your full name".
//
// English is complete: a test reads every refusal that booking declares and
// fails if one has no sentence. Another language need not be, and falls back
// sentence by sentence.
//
// # How to write a sentence
//
// Plain words, for a reader of nine to eleven, on a phone, worried. Say what
// happened, then what to do next. Never blame. Never say anything that a
// stranger could learn from: whether a person is in hospital least of all.
package locale
