// The whole circle without a mouse: presence, procedure, accept, canned response, send, refuse, end, wrap-up.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, inScene, shown, until } from "../lib/scene.mjs";

/** Presses Tab until the focus is where the selector says; fails after so many presses. */
async function tabTo(page, selector, most = 80) {
  for (let press = 0; press < most; press += 1) {
    if (await page.evaluate((wanted) => Boolean(document.activeElement?.matches(wanted)), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${selector}`);
}

test("SMS-GEN-2, SMS-SCRIPT-3, SMS-SCRIPT-4, SMS-KEY-2, SMS-END-1 to SMS-END-4: the whole circle by keyboard only", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.desk("ana");
  const keys = desk.page.keyboard;

  await keys.press("Alt+q");
  await desk.at("#desk-dialog[open] input[name=read]").waitFor();
  await tabTo(desk.page, "#desk-dialog input[name=read]");
  await keys.press("Space");
  await tabTo(desk.page, "#desk-dialog button.button:not(.button--quiet)");
  await keys.press("Enter");
  await desk.presence("On queue");

  await customer.text("When will I get my SNAP benefits?");
  await desk.offer(CUSTOMERS[0]).waitFor();
  await keys.press("Alt+a");
  await waitForText(desk.page, "#desk-centre .desk-head h2", shown(CUSTOMERS[0]));
  await until(() => desk.page.evaluate(() => document.activeElement?.id), (id) => id === "reply-text", "the reply box has no focus");

  await keys.press("/");
  await until(() => desk.page.evaluate(() => document.activeElement?.id), (id) => id === "library-q", "the search has no focus");
  await keys.type("greet");
  await desk.at('#library-list [data-item="greeting"]').waitFor();
  await desk.at('#library-list .desk-item--chosen[data-item="greeting"]').waitFor();
  await keys.press("Enter");
  await until(() => desk.box.inputValue(), (text) => text.includes("My name is Ana."), "the greeting is not in the box");
  await keys.press("Enter");
  await desk.said("My name is Ana.");

  await keys.type("Your case was denied");
  await keys.press("Enter");
  await desk.refusal.waitFor();
  // The way on is reached backwards from the box, as the eye does.
  for (let press = 0; press < 12; press += 1) {
    await keys.press("Shift+Tab");
    if (await desk.page.evaluate(() => document.activeElement?.dataset.act === "insert")) break;
  }
  await keys.press("Enter");
  await until(() => desk.box.inputValue(), (text) => text.endsWith("?"), "no question in the box");
  const question = await desk.box.inputValue();
  await keys.press("Enter");
  await desk.said(question);

  await keys.press("Alt+e");
  await desk.at("#desk-dialog[open]").waitFor();
  await until(() => desk.page.evaluate(() => document.activeElement?.textContent.trim()), (text) => text === "Send Goodbye", "Send Goodbye has no focus");
  await keys.press("Enter");
  await customer.receives("Have a great day, Good bye.");
  await waitForText(desk.page, "#desk-dialog", "Goodbye was the last thing said.");
  await tabTo(desk.page, "#desk-dialog .button--danger");
  await keys.press("Enter");
  await desk.at(".desk-wrap").waitFor();
  // SMS-END-2, SMS-END-3: one code, then Done.
  await tabTo(desk.page, '.desk-wrap input[type="radio"]');
  await keys.press("Space");
  await tabTo(desk.page, "#wrap-up-done");
  await keys.press("Enter");
  await waitForText(desk.page, "#desk-centre", "No interaction is open");
  await keys.press("?");
  await waitForText(desk.page, "#keys-dialog", "Keyboard shortcuts");
  await keys.press("Escape");
  assert.equal(await desk.at("#keys-dialog").evaluate((dialog) => dialog.open), false);
}));

test("a key that is pressed before the page is taken over still counts", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  // A slow computer: what is put off to the next moment comes a second later.
  await page.addInitScript(() => {
    const putOff = window.setTimeout;
    window.setTimeout = (work, wait, ...more) => putOff(work, wait || 1000, ...more);
  });
  await page.goto("/desk");
  assert.equal(await page.locator("#presence-menu form[data-htmx-powered]").count(), 0, "nothing is taken over yet");
  await page.keyboard.press("Alt+q");
  await page.locator("#desk-dialog[open] input[name=read]").waitFor();
  assert.equal(new URL(page.url()).search, "");
}));
