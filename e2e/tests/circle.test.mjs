// The whole circle of the README: a customer texts, a technician answers under the procedure, a supervisor watches, and
// afterwards it can be read which clause governed each act.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CUSTOMERS, holds, inScene, shown } from "../lib/scene.mjs";
import { waitForText } from "../lib/browser.mjs";

const GREETING =
  "Hello, Thank you for contacting the Family Support Division. My name is Ana. I will be happy to assist with your question.";
const GOODBYE = "Thank you for contacting the Family Support Division. Have a great day, Good bye.";
const POLICY = "SNAP benefits are paid between the 1st and the 22nd of each month.";
const SECRET = "Your SNAP was approved for $291";

test("SMS-GEN-2: the procedure is read and acknowledged before anybody takes texts", () => inScene([], async (scene) => {
  const desk = await scene.desk("ana");
  await desk.presence("Off queue");
  await desk.choosePresence("on_queue");
  const dialog = desk.at("#desk-dialog");
  await waitForText(desk.page, "#desk-dialog", /SMS Text SOP, version 2025-04-22/);
  await waitForText(desk.page, "#desk-dialog .notice", /disciplinary action.*SMS-GEN-2/s);
  // Without the tick nothing is acknowledged: the browser holds the form back, and the presence stays.
  await dialog.getByRole("button", { name: "Acknowledge and go on queue" }).click();
  assert.equal(await dialog.locator("input[name=read]").evaluate((box) => box.validity.valid), false);
  await dialog.getByRole("button", { name: "Later, stay off queue" }).click();
  await desk.presence("Off queue");
  await desk.goOnQueue();
  // Once read, the same version is not asked for again.
  await desk.choosePresence("off_queue");
  await desk.presence("Off queue");
  await desk.choosePresence("on_queue");
  await desk.presence("On queue");
  assert.equal(await dialog.evaluate((element) => element.open), false);
}));

test("the whole circle: SMS-KEY-1, SMS-GEN-4, SMS-GEN-5, SMS-GEN-7, SMS-KEY-2, SMS-END-1 to SMS-END-4, read afterwards with every clause", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const floor = await scene.floor("sofia");
  const desk = await scene.onQueue("ana");

  await customer.page.getByRole("button", { name: "When will I get SNAP?" }).click();
  await desk.offer(CUSTOMERS[0]).waitFor();
  await waitForText(desk.page, "#announce", `New text from ${shown(CUSTOMERS[0])}`);
  await desk.page.keyboard.press("a");
  await waitForText(desk.page, "#desk-centre .desk-head h2", shown(CUSTOMERS[0]));
  const id = await desk.at("#desk-centre").getAttribute("data-interaction");
  await desk.opened(id);

  // SMS-KEY-1: the prescribed words, with the first name; nothing leaves before Enter.
  await desk.at('.desk-chip[title^="Greeting"]').click();
  await holds(desk.box, GREETING);
  assert.equal(await desk.text(GREETING).count(), 0);
  await desk.box.press("Enter");
  await desk.said(GREETING);
  await customer.receives(GREETING);
  await waitForText(desk.page, ".desk-text__state--delivered", "Delivered");

  // SMS-GEN-4: refused, the words stay, and the questions are offered.
  await desk.press(SECRET);
  await waitForText(desk.page, "#desk-refusal .refusal", "SMS-GEN-4");
  assert.equal(await desk.box.inputValue(), SECRET);
  assert.equal(await desk.text(SECRET).count(), 0);
  assert.ok((await desk.refusal.locator('[data-act="insert"]').count()) >= 3, "the clarifying questions are offered");
  // SMS-GEN-7: one of them takes the place of the refused words.
  await desk.refusal.locator('[data-response="clarify-applied-when"]').click();
  await holds(desk.box, "When did you apply?");
  await desk.box.press("Enter");
  await desk.said("When did you apply?");
  await customer.receives("When did you apply?");
  await customer.text("last week, online");
  await waitForText(desk.page, ".desk-text__body", "last week, online");

  // A general fact of policy passes the same guard.
  await desk.say(POLICY);
  await customer.receives(POLICY);
  // SMS-DELAY-1: now the customer's silence is timed, and the pack's clock is three minutes.
  const silence = desk.at(".desk-card__duty time[data-due]");
  await waitForText(desk.page, ".desk-panel", "SMS-DELAY-1");
  assert.equal(await silence.evaluate((clock) => Number(clock.dataset.due) - Number(clock.dataset.from)), 180_000);
  await waitForText(floor.page, "#floor-open", `${shown(CUSTOMERS[0])}`);
  await floor.page.getByRole("link", { name: /Read along/ }).first().click();
  await waitForText(floor.page, "#read-transcript", POLICY);

  // SMS-END-1: the struck-through icon; SMS-KEY-2: Goodbye comes first; SMS-END-2, SMS-END-3, SMS-END-4: exactly one code, done.
  await desk.at("#desk-end").click();
  await waitForText(desk.page, "#desk-dialog", /Goodbye has not been said.*SMS-KEY-2/s);
  await desk.page.getByRole("button", { name: "Send Goodbye" }).click();
  await customer.receives(GOODBYE);
  await waitForText(desk.page, "#desk-dialog", "Goodbye was the last thing said.");
  await desk.at("#desk-dialog").getByRole("button", { name: "End now" }).click();
  await desk.at(".desk-wrap").waitFor();
  assert.equal(await desk.at("#wrap-up-done").isDisabled(), true, "Done waits for a code");
  assert.equal(await desk.at('.desk-wrap input[type="checkbox"]').count(), 0, "one code, not several");
  await desk.wrapUp("SNAP benefits: when");

  // What was said live on the floor, and afterwards, with the clause of each act.
  await waitForText(floor.page, "#read-transcript", GOODBYE);
  await floor.page.goto("/floor/done");
  await floor.page.getByRole("link", { name: `Read the text with ${shown(CUSTOMERS[0])}` }).click();
  for (const clause of ["SMS-KEY-1", "SMS-GEN-4", "SMS-GEN-7", "SMS-KEY-2", "SMS-END-1", "SMS-END-4"]) {
    await waitForText(floor.page, "#read-clauses", clause);
  }
  const log = await floor.page.locator("#read-log").textContent();
  assert.ok(!log.includes("$291"), "refused words are not recorded");
  // One click shows what a clause says.
  const why = floor.page.locator(".floor-why", { hasText: "SMS-GEN-4" }).first();
  await why.locator("summary").click();
  assert.match(await why.innerText(), /case/i);

  const phone = await customer.all();
  assert.equal(phone.filter((line) => line.startsWith("<")).length, 4, phone.join("\n"));
}));
