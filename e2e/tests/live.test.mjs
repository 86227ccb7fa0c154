// Screens that stay true: a hidden tab still rings, a lost line is told, and after it nothing is missing or doubled.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { allow, CUSTOMERS, inScene, shown, until } from "../lib/scene.mjs";

test("a hidden desk still rings: hiding its tab closes no stream", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  // A browser without a screen hides no tab by itself, so the page is told what it is told when another tab is in front.
  await desk.page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await customer.text("hello, I have a question");
  await desk.offer(CUSTOMERS[0]).waitFor();
  await until(() => desk.page.title(), (title) => title.includes(`New text from ${shown(CUSTOMERS[0])}`), "the title does not ring");
  assert.equal(await desk.page.evaluate(() => document.visibilityState), "hidden");
  assert.equal(await desk.at("#connection").isVisible(), false);
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
