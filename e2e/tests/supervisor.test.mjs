// A customer asks for a supervisor: alert, transfer to one who is present, acceptance; never the promise of a call.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, inScene, shown, until } from "../lib/scene.mjs";

test("SMS-SUPV-1 to SMS-SUPV-3: alerted at once, no call back promised, transferred only to a supervisor who is present", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  const floor = await scene.floor("sofia");
  const theirs = await scene.desk("sofia");
  await customer.text("I want to talk to a supervisor right now");
  const id = await desk.accept(CUSTOMERS[0]);

  // SMS-SUPV-3: the promise is refused, and the words stay.
  await desk.press("A supervisor will call you back tomorrow.");
  await waitForText(desk.page, "#desk-refusal .refusal", "SMS-SUPV-3");
  assert.match(await desk.box.inputValue(), /call you back/);
  assert.equal(await desk.text("call you back").count(), 0);

  // SMS-SUPV-1: one click alerts; it rings on the floor and at the supervisor's own desk.
  await desk.page.getByRole("button", { name: "Supervisor", exact: true }).click();
  await waitForText(desk.page, "#desk-dialog", "Never promise a call back");
  await desk.at("#desk-dialog").getByRole("button", { name: "Alert the supervisors" }).click();
  await waitForText(floor.page, "#floor-alerts", `${shown(CUSTOMERS[0])} asks for a supervisor`);
  await floor.page.locator("#floor-alerts [data-ring]").first().waitFor();
  await theirs.at("#desk-notices [data-ring]").waitFor();
  await waitForText(theirs.page, "#desk-notices", "SMS-SUPV");

  // SMS-SUPV-2: nobody is present, so nobody can be chosen.
  await desk.page.getByRole("button", { name: "Transfer", exact: true }).click();
  await waitForText(desk.page, "#desk-dialog", "No supervisor is available this moment.");
  await desk.page.keyboard.press("Escape");

  // Present now: offered, accepted, and the whole transcript goes over.
  await theirs.goOnQueue();
  await desk.page.getByRole("button", { name: "Transfer", exact: true }).click();
  await waitForText(desk.page, "#desk-dialog", "Demo Supervisor Sofia");
  await desk.at("#desk-dialog li", { hasText: "Demo Supervisor Sofia" }).getByRole("button", { name: "Transfer", exact: true }).click();
  await waitForText(desk.page, ".desk-head", "Offered to Demo Supervisor Sofia");
  assert.equal(await desk.at(`#card-${id}`).count(), 1, "it stays until it is accepted");
  await theirs.accept(CUSTOMERS[0]);
  await waitForText(theirs.page, ".desk-text__body", "I want to talk to a supervisor right now");
  await desk.at(`#card-${id}`).waitFor({ state: "detached" });
  await until(() => theirs.at("#desk-notices [data-ring]").count(), (count) => count === 0, "the notice still rings");
  await waitForText(floor.page, "#floor-alerts", "No alerts.");
  await theirs.say("I am the supervisor. How can I help?");
  await customer.receives("I am the supervisor.");
}));
