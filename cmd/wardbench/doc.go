// Wardbench measures Wardvisit on the machine it runs on, and prints one table.
//
// A figure alone says more of the machine than of the program, so wherever there
// is something to compare with, wardbench runs that too, in turns with ours and
// in the same minutes:
//
//   - Acts at the desk beside the statements that they must issue: what a visit
//     held, booked and cancelled has written is read out of the database, row by
//     row, and written again for other people and other times by the bare driver,
//     in as many transactions, into the same tables with the same indexes and
//     constraints. Nothing is read, asked or decided there, every statement is
//     prepared, and the rows of one table are one statement. No desk could be
//     faster than that on the same disk.
//
//   - A whole trust with a year of visits beside the same one with a day of them:
//     what was, and what is far ahead, should cost nobody anything.
//
//   - A full ward's board that all its staff watch, from a press until everybody has
//     the board that shows it: beside a bare fan-out that sends the same bytes.
//
//   - Our rooms beside a naive forwarder: Pion with its defaults, and a
//     TrackLocalStaticRTP for each receiver. Both speak the room's own protocol,
//     so the same load is put on both.
//
//   - A join, and the way back after each fault, over a link of 100 ms, in round
//     trips: beside the naive forwarder, or beside the fewest that the protocols
//     in use allow. A visitor who reacts at once is measured; how soon a browser
//     notices is what web/e2e proves.
//
//   - Being let in from the lobby, where one is connected already, beside joining
//     only then; and joining under a flood of junk, beside joining without.
//
// A server under load is a process of its own on one core, and what it costs is
// read from its processor time, so the load put on it does not count. The times
// of a shared or busy machine drift; the ratios drift less.
//
// What a part needs and does not find, such as PostgreSQL or bin/wardvisit, is
// said in its place in the table, and the rest goes on.
package main
