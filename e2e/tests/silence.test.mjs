// The customer is silent: notice, a fresh wait, wrap-up text and Goodbye, end. The clocks run for seconds instead of
// minutes; the pack's own figures are looked at in circle.test.mjs and admin.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, inScene, until } from "../lib/scene.mjs";

const NOTICE = "It seems like you’ve had to leave our chat. I’ll wait another 5 minutes for you to come back.";
const WRAP_UP = "I haven’t heard from you in 5 minutes, so I’m going to wrap up our chat now.";
const GOODBYE = "Thank you for contacting the Family Support Division. Have a great day, Good bye.";

test("SMS-DELAY-1 to SMS-DELAY-6: silence turns the desk to the other customer; notice, wait, wrap-up text and Goodbye, end", () => inScene(["--quick-clocks", "3"], async (scene) => {
  const [first, second] = [await scene.handset(CUSTOMERS[0]), await scene.handset(CUSTOMERS[1])];
  const desk = await scene.onQueue("ana");
  await second.text("where do i send my pay stubs");
  const other = await desk.accept(CUSTOMERS[1]);
  await first.text("When will I get my SNAP benefits?");
  const silent = await desk.accept(CUSTOMERS[0]);

  // Ending while the customer may still answer is refused, with what to do instead (SMS-DELAY-2).
  await desk.say("Thank you. Did you use the website for it?");
  await desk.at("#desk-end").click();
  await desk.at("#desk-dialog").getByRole("button", { name: "End now" }).click();
  await waitForText(desk.page, "#desk-refusal .refusal", "SMS-DELAY");

  // SMS-DELAY-1 and SMS-DELAY-6: the flag appears by itself, and the other customer is in front.
  await desk.opened(other);
  await waitForText(desk.page, `#card-${silent}`, "Customer delay");
  await waitForText(desk.page, "#announce", "The customer is silent.");

  // SMS-DELAY-2: one click, the exact words. SMS-DELAY-3: then a fresh wait.
  await desk.turnTo(silent);
  await desk.due("Send the delay notice").click();
  await first.receives(NOTICE);
  await waitForText(desk.page, `#card-${silent}`, /notice sent/);
  await waitForText(desk.page, `#card-${silent}`, "Customer delay ran out");

  // SMS-DELAY-4, SMS-DELAY-5: both texts, in this order.
  await desk.turnTo(silent);
  await desk.due("Send the wrap-up text and Goodbye").click();
  await first.receives(GOODBYE);
  const phone = await first.all();
  assert.deepEqual(phone.slice(-3), [`< ${NOTICE}`, `< ${WRAP_UP}`, `< ${GOODBYE}`]);
  await desk.end("Customer did not reply");
}));

test("SMS-DELAY-8: any word of the customer ends the delay, and the flag with it", () => inScene(["--quick-clocks", "3"], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[2]);
  const desk = await scene.onQueue("carla");
  await customer.text("I moved last week, how do I change my address?");
  const id = await desk.accept(CUSTOMERS[2]);
  await desk.say("What has changed?");
  await desk.due("Send the delay notice").click();
  await customer.receives(NOTICE);
  await customer.text("?");
  await waitForText(desk.page, ".desk-text__body", "?");
  await until(() => desk.at(`#card-${id}[data-delay]`).count(), (count) => count === 0, "the flag stays");
  assert.equal(await desk.due("Send the wrap-up text and Goodbye").count(), 0);
}));

test("SMS-HOLD-1: while something is looked up, a check-in is due at intervals, and one click sends it", () => inScene(["--quick-clocks", "3"], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[3]);
  const desk = await scene.onQueue("ella");
  await customer.text("I lost my EBT card what do I do");
  await desk.accept(CUSTOMERS[3]);
  await desk.page.getByRole("button", { name: "Researching" }).click();
  await desk.at('.desk-head__acts [aria-pressed="true"]', { hasText: "Researching" }).first().waitFor();
  await waitForText(desk.page, ".desk-panel", "SMS-HOLD-1");
  await desk.due("Send a check-in").click();
  await until(() => customer.all(), (lines) => lines.some((line) => line.startsWith("<")), "no check-in on the phone");
  await waitForText(desk.page, ".desk-side", /1 sent/);
}));
