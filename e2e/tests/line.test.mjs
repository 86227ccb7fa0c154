// What a customer's own words and pictures do: opting out and in, pictures, private numbers, a canned response by key.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, filled, inScene, until } from "../lib/scene.mjs";

test("STOP is honoured at once with one confirmation, replies are refused with the reason, START opens the line again", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  await customer.text("cancel my appointment please");
  const id = await desk.accept(CUSTOMERS[0]);
  assert.equal(await desk.at(`#closed-${id}`).count(), 0, "calling off an appointment is no opt-out");
  await desk.say("Do you want it on another day?");
  await customer.receives("Do you want it on another day?");
  await desk.box.fill("One more thing");
  await customer.text("please stop texting me");
  await until(() => customer.all(), (lines) => lines.filter((line) => line.startsWith("<")).length === 2, "no confirmation");
  await waitForText(desk.page, `#closed-${id}`, /\w+/);
  await waitForText(desk.page, ".desk-head", "Opted out: no texts");
  assert.equal(await desk.at("#reply-text").count(), 0, "there is no box to reply in");
  await customer.text("STOP");
  await customer.text("START");
  await desk.at("#reply-text").waitFor();
  await waitForText(desk.page, ".desk-side", "may be sent");
  await desk.say("The line is open again for you.");
  await customer.receives("The line is open again for you.");
  const ours = (await customer.all()).filter((line) => line.startsWith("<"));
  assert.equal(ours.length, 4, ours.join("\n"));
}));

test("SMS-GEN-4: a number sent unasked is masked on arrival, and a picture is named and refused", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[1]);
  const desk = await scene.onQueue("ben");
  await customer.page.getByRole("button", { name: "Sends an SSN unasked" }).click();
  await desk.accept(CUSTOMERS[1]);
  await waitForText(desk.page, ".desk-text__note", /Masked on arrival:.*SMS-GEN-4/s);
  assert.ok(!(await desk.page.content()).includes("900-12-3456"), "the number is nowhere on the desk");
  await customer.page.getByRole("button", { name: "Send a picture" }).click();
  await waitForText(desk.page, ".desk-text__note", "1 attachment refused.");
  await until(() => customer.all(), (lines) => lines.some((line) => /^< .*(picture|photo|document|attachment)/i.test(line)), "nobody told the customer");
}));

test("SMS-SCRIPT-2, SMS-SCRIPT-3, SMS-GEN-12: found by keyword, the arrow puts the response into the reply box, and nothing is sent", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[2]);
  const desk = await scene.onQueue("carla");
  await customer.text("hi i need to send my pay stubs where do i send them");
  await desk.accept(CUSTOMERS[2]);
  await desk.box.press("/");
  await desk.at("#library-q").waitFor();
  await desk.at("#library-q").fill("greet");
  const item = desk.at('#library-list [data-item="greeting"]');
  await item.waitFor();
  const words = await item.getAttribute("data-text");
  assert.match(words, /My name is Carla\./);
  await item.locator("[data-arrow]").click();
  assert.equal(await filled(desk.box), words);
  assert.equal(await desk.text(words).count(), 0);
  assert.deepEqual((await customer.all()).filter((line) => line.startsWith("<")), []);
  // SMS-SCRIPT-4: Enter sends it.
  await desk.box.press("Enter");
  await desk.said(words);
  await customer.receives(words);
}));

test("SMS-SCRIPT-4: Enter sends what stands in the box, Shift and Enter begin a new line, two presses send once", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[3]);
  const desk = await scene.onQueue("ella");
  await customer.text("hello");
  await desk.accept(CUSTOMERS[3]);
  await desk.box.fill("Please write");
  await desk.box.press("Shift+Enter");
  await desk.box.pressSequentially("the name of the town");
  assert.equal(await desk.box.inputValue(), "Please write\nthe name of the town");
  await waitForText(desk.page, "#reply-count", /1 segment/);
  await desk.box.press("Enter");
  await desk.box.press("Enter");
  await desk.said("the name of the town");
  await customer.receives("the name of the town");
  assert.equal(await desk.text("the name of the town").count(), 1);
}));

test("SMS-GEN-11: nearly the words of a canned response are answered with the approved wording before they go", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[4]);
  const desk = await scene.onQueue("ben");
  await customer.text("hello again");
  await desk.accept(CUSTOMERS[4]);
  await desk.press("Would you like a new appointment?");
  const refused = desk.refusal;
  await refused.waitFor();
  await waitForText(desk.page, "#desk-refusal .refusal", "SMS-GEN-11");
  await refused.locator('[data-act="insert"]').first().click();
  await until(() => desk.box.inputValue(), (value) => value === "Would you like a new appointment, or is this about one you already have?", "the approved wording is not in the box");
}));
