// Child-abuse contacts: every step to the end, nobody interrupted meanwhile, and a notice that says no more than it may.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, inScene, shown, sound, until } from "../lib/scene.mjs";

const WORDS = "my stepdad hits me and im scared to go home";
const WORKSHEET = "Lives with an uncle on weekdays.";

test("SMS-ABUSE-1 to SMS-ABUSE-7: a victim to the end; nothing else is offered meanwhile; the notice has date, time and phone number only", () => inScene([], async (scene) => {
  const [victim, another] = [await scene.handset(CUSTOMERS[3]), await scene.handset(CUSTOMERS[4])];
  const desk = await scene.onQueue("ana");
  const floor = await scene.floor("sofia");
  await victim.text(WORDS);
  await desk.accept(CUSTOMERS[3]);

  // Suggested by the words, opened by one click (SMS-ABUSE-1).
  await desk.due("Open the steps: victim").click();
  await waitForText(desk.page, "#safety-title", "the person texting is the victim");
  await waitForText(floor.page, "#floor-alerts", /Child-abuse contact with .* is not to be disturbed/);
  await sound(desk.page, "the desk with the child-abuse steps");

  // Nobody interrupts: another text waits although a place is free.
  await another.text("I moved last week, how do I change my address?");
  await waitForText(floor.page, "#floor-open", shown(CUSTOMERS[4]));
  await waitForText(desk.page, "#desk-presence", "No offers: child-abuse contact");
  assert.equal(await desk.offer(CUSTOMERS[4]).count(), 0);

  const step = (word) => desk.at(`#step-${word}`);
  await step("safety_checked").getByRole("button", { name: "Send the safety question" }).click();
  await until(() => victim.all(), (lines) => lines.some((line) => line.startsWith("<")), "no safety question on the phone");
  await step("safety_checked").getByLabel("Safe at the moment").check();
  await step("safety_checked").getByRole("button", { name: "Note the answer" }).click();
  // SMS-ABUSE-2: the hotline.
  await step("hotline_given").getByRole("button", { name: "Send the hotline" }).click();
  await victim.receives("1-800-392-3738");
  // SMS-ABUSE-3: the call is announced before it is made.
  await step("call_announced").getByRole("button", { name: "Send the notice that you will call" }).click();
  // SMS-ABUSE-4: the call, and the worksheet for the report under restricted access.
  await step("called").getByLabel("Spoke with the victim").check();
  await step("called").getByLabel("Worksheet for the report").fill(WORKSHEET);
  await step("called").getByRole("button", { name: "Save the call" }).click();
  // SMS-ABUSE-5: the online report, with time and reference.
  assert.match(await step("report_filed").locator("a").getAttribute("href"), /^https:\/\/apps\.dss\.mo\.gov\//);
  await step("report_filed").getByLabel("Reference").fill("R-2044");
  await step("report_filed").getByRole("button", { name: "The report is filed" }).click();
  await waitForText(desk.page, ".desk-safety", "Every step is done.");
  const transcript = await desk.at(".desk-transcript").textContent();
  assert.ok(!transcript.includes(WORKSHEET), "the worksheet is not in the transcript");

  // The next customer is offered again once the steps are done.
  await desk.offer(CUSTOMERS[4]).waitFor();

  // SMS-ABUSE-6, SMS-ABUSE-7: the notice, readable in the local outbox.
  const admin = await scene.window("alex");
  await until(
    async () => { await admin.page.goto("/admin/mail"); return admin.page.locator("article").count(); },
    (count) => count > 0,
    "no notice was written",
  );
  const mail = (await admin.page.locator("article").first().innerText()).replace(/\s+/g, " ");
  assert.match(mail, /child-abuse-primary@agency\.invalid/);
  assert.match(mail, /home-visit@agency\.invalid/);
  assert.match(mail, /\d{1,2}:\d{2}/);
  assert.match(mail, /2\d{3}/);
  assert.ok(mail.replace(/\D/g, "").includes(CUSTOMERS[3].slice(2)), mail);
  for (const secret of ["stepdad", "uncle", "R-2044", "Safe", "weekdays"]) assert.ok(!mail.includes(secret), mail);
}));

test("SMS-ABUSE-8: somebody who reports about others is referred to the hotline, and no more is asked", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[5]);
  const desk = await scene.onQueue("ben");
  await customer.text("I think my neighbor is hurting her kids, who do I tell?");
  await desk.accept(CUSTOMERS[5]);
  await desk.due("Open the steps: reporting").click();
  await waitForText(desk.page, ".desk-safety", "SMS-ABUSE-8");
  assert.equal(await desk.at(".desk-step").count(), 1);
  await desk.at("#step-hotline_given").getByRole("button", { name: "Send the hotline" }).click();
  await customer.receives("1-800-392-3738");
  await waitForText(desk.page, ".desk-safety", "Every step is done.");
}));
