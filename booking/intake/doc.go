// Package intake reads what a hospital already keeps in a spreadsheet: its wards
// and their visiting times, its iPads, its patients, their relatives, and the
// visits that were booked elsewhere.
//
// It is pure: bytes go in; typed rows and problems come out. Whether a ward
// exists, a patient lies there or an iPad is free, the desk asks its database
// (Import, in booking/desk), and adds its own problems to those found here.
//
// # What a file is
//
// CSV, in UTF-8, with a header line that names its columns in any order. Files
// come from spreadsheets, and each spreadsheet has ways of its own: commas,
// semicolons or tabs between the cells; a byte order mark or none; three ways of
// ending a line; a column name in capitals; a day written 24/11/2026. All of
// these are read. What cannot be read with certainty is refused in a sentence
// that says how to save the file instead: UTF-16, a workbook, a picture,
// quotation marks that do not close.
//
// # Problems
//
// Reading goes on after a problem, so that somebody who mends a file mends it
// once. A Problem names the line as a spreadsheet or an editor counts it, the
// column, and what to do. A File with problems is never imported in part: its
// rows, the bad ones among them, are there to be checked further, and for nothing
// else.
//
// # What no cell may hold
//
// A name that begins with =, +, - or @ is a formula to the spreadsheet in which
// somebody opens an export tomorrow, and is refused here, at the door; a
// telephone number may begin with +. So are control characters, those that turn
// the direction of writing or cannot be seen, and anything longer than a name
// is. Letters of every script are welcome.
//
// # Bounds
//
// A file has at most MostBytes, and a kind of row at most as many as Most says.
// Beyond that nothing is read: a file that large is split, or is not what it was
// taken for.
package intake
