// Screens that stay true: a hidden tab still rings, a lost line is told, and after it nothing is missing or doubled.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { allow, CUSTOMERS, inScene, shown, until } from "../lib/scene.mjs";

test("a hidden desk still rings, and its stream stays open", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  // A page under test is told that it is always in front; that is taken back, and another tab comes to the front.
  const line = await desk.person.context.newCDPSession(desk.page);
  await line.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  const other = await desk.person.context.newPage();
  await other.goto("/account");
  await other.bringToFront();
  await until(() => desk.page.evaluate(() => document.visibilityState), (state) => state === "hidden", "the desk is not hidden");
  await customer.text("hello, I have a question");
  await desk.offer(CUSTOMERS[0]).waitFor({ state: "attached" });
  await until(() => desk.page.title(), (title) => title.includes(`New text from ${shown(CUSTOMERS[0])}`), "the title does not ring");
  assert.equal(await desk.page.evaluate(() => document.visibilityState), "hidden");
}));

test("the server stops at once: the desk says so, keeps what is typed, and afterwards every text is there once", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  for (const person of [customer.person, desk.person]) allow(person, /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_NETWORK|Failed to fetch/);
  await customer.text("first text");
  const id = await desk.accept(CUSTOMERS[0]);
  await desk.say("We are here for you.");
  await customer.receives("We are here for you.");
  await waitForText(desk.page, ".desk-text__state", "Delivered");
  await desk.box.fill("Half a sentence");

  await scene.server.kill();
  await desk.at("#connection").waitFor();
  await waitForText(desk.page, "#connection", "Connection lost. Trying again");
  await desk.box.press("Enter");
  await waitForText(desk.page, "#toasts", "What you typed is still here");
  assert.equal(await desk.box.inputValue(), "Half a sentence");

  await scene.server.start();
  await desk.at("#connection").waitFor({ state: "hidden" });
  await customer.page.reload();
  await customer.text("second text");
  await desk.text("second text").waitFor();
  assert.equal(await desk.box.inputValue(), "Half a sentence");
  await desk.box.press("Enter");
  await desk.said("Half a sentence");
  await customer.receives("Half a sentence");
  for (const words of ["first text", "second text", "We are here for you.", "Half a sentence"]) {
    assert.equal(await desk.text(words).count(), 1, words);
  }
  assert.deepEqual(await customer.all(), ["> first text", "< We are here for you.", "> second text", "< Half a sentence"]);
  assert.equal(await desk.at(`#card-${id}`).count(), 1);
}));
