import assert from "node:assert/strict";
import { test } from "node:test";

import { costOf, costWords } from "./economy.ts";
import { FakeClock } from "./fakes.ts";
import { arrived, captions, lastOf, messages, unread } from "./lines.ts";
import type { Line } from "./protocol.ts";
import { written } from "./told.ts";
import { Captions, cut } from "./writing.ts";

function typing(heard = true) {
  const clock = new FakeClock();
  const sent: [string, boolean][] = [];
  const send = (text: string, done: boolean) => {
    if (heard) {
      sent.push([text, done]);
    }
    return heard;
  };
  return { clock, sent, it: new Captions(clock, send) };
}

test("what is typed is sent a few times a second, and not at every letter", async () => {
  const { clock, sent, it } = typing();
  for (const text of ["H", "He", "Hel", "Hell", "Hello"]) {
    it.typed(text);
    await clock.pass(40);
  }
  await clock.pass(250);
  assert.deepEqual(sent, [["Hello", false]]);
  it.typed("Hello ");
  await clock.pass(250);
  assert.equal(sent.length, 1, "a space alone is nothing new");
});

test("Enter ends a line, and what was still to be sent is not sent after it", async () => {
  const { clock, sent, it } = typing();
  it.typed("Hello");
  assert.equal(it.end("Hello"), true);
  await clock.pass(1000);
  assert.deepEqual(sent, [["Hello", true]]);
  assert.equal(it.end("   "), true);
  assert.equal(sent.length, 1, "an empty line is not one");
});

test("a line that is too long to be read is broken at a word", () => {
  const { sent, it } = typing();
  const long = "word ".repeat(28) + "la";
  assert.equal(it.typed(long), "la");
  assert.deepEqual(sent, [["word ".repeat(28).trim(), true]]);
});

test("nothing is lost while there is nobody to hear it", () => {
  const { it } = typing(false);
  assert.equal(it.end("Hello"), false);
  const long = "word ".repeat(28) + "la";
  assert.equal(it.typed(long), long);
});

test("a text is cut between characters, not within one", () => {
  assert.equal([...cut("👵".repeat(600))].length, 500);
  assert.equal(cut("short"), "short");
});

// ---- what is shown ----

function line(n: number, kind: Line["kind"], more: Partial<Line> = {}): Line {
  return { n, kind, seat: "anna", name: "Anna", text: `line ${n}`, done: true, ...more };
}

test("a line with the number of an earlier one takes its place", () => {
  const before = [line(1, "chat"), line(2, "caption", { text: "How are", done: false })];
  const after = written(before, [line(3, "chat"), line(2, "caption", { text: "How are you?" })]);
  assert.deepEqual(after.map((one) => one.text), ["line 1", "How are you?", "line 3"]);
  assert.equal(written([], Array.from({ length: 250 }, (_, i) => line(i, "chat"))).length, 200);
});

test("the last three captions stand under the picture, and messages are elsewhere", () => {
  const all = [1, 2, 3, 4].map((n) => line(n, "caption")).concat(line(5, "chat"), line(6, "caption", { text: "" }));
  assert.deepEqual(captions(all).map((one) => one.n), [2, 3, 4]);
  assert.deepEqual(messages(all).map((one) => one.n), [5]);
  assert.equal(lastOf(all), 6);
  assert.equal(lastOf([]), 0);
});

test("only the messages of others are new to a reader", () => {
  const all = [line(1, "chat"), line(2, "chat", { seat: "me" }), line(3, "caption"), line(4, "chat")];
  assert.equal(unread(all, 0, "me"), 2);
  assert.equal(unread(all, 1, "me"), 1);
  assert.deepEqual(arrived(all.slice(0, 1), all, "me"), ["Anna wrote: line 4"]);
  assert.deepEqual(arrived(all, all, "me"), []);
});

// ---- what it costs ----

test("twenty minutes of sound cost no more than was promised", () => {
  const { sound, picture } = costOf(20);
  assert.ok(sound <= 15, `${sound} MB`);
  assert.ok(picture.usual > 10 * sound && picture.most >= 2 * picture.usual - 50);
  assert.ok(costWords(20).includes(`${sound} MB`));
  assert.ok(costOf(60).sound > sound, "an hour costs more");
});
