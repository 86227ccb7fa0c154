// Accessibility: no fault of WCAG 2.1 A or AA on any page or dialog, at 1440 and at 360 pixels, nothing to scroll sideways
// there nor at 200 % zoom; names, live regions and the order of the focus.

import assert from "node:assert/strict";
import { test } from "node:test";

import { overflows, waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, inScene, sound } from "../lib/scene.mjs";

const PUBLIC = ["/", "/sign-in", "/demo/handset", "/demo/handset?n=2"];
const READ = ["/account", "/help/keys", "/clause/SMS-GEN-4", "/clause/SMS-SUPV-2"];
const MANAGER = [
  "/floor", "/floor/done", "/admin", "/admin/people", "/admin/people/ana", "/admin/people/new", "/admin/people/ana/history",
  "/admin/queues", "/admin/queues/sms-general", "/admin/hours/customer-service", "/admin/codes", "/admin/codes/general",
  "/admin/reasons/break", "/admin/sop", "/admin/sop/new", "/admin/canned?q=county", "/admin/canned/clarify-county",
  "/admin/canned/greeting", "/admin/canned/new", "/admin/canned/clarify-county/history", "/admin/clauses?q=SMS-GEN", "/admin/audit",
];
const OPERATOR = ["/admin/carriers", "/admin/outbox", "/admin/letters", "/admin/mail"];

/** At 200 % zoom a window of 1280 pixels has the room of 640. */
async function zoomed(page, where) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 640, height: 512 });
  assert.equal(await overflows(page), false, `${where} is wider than its window at 200 %`);
  await page.setViewportSize(before);
}

async function walk(scene, name, places) {
  const person = await scene.window(name);
  for (const place of places) {
    const answer = await person.page.goto(place);
    assert.equal(answer.status(), 200, place);
    await sound(person.page, place);
    await zoomed(person.page, place);
  }
  await person.close();
}

test("every page is without accessibility faults, at 1440 and 360 pixels and at 200 % zoom", () => inScene([], async (scene) => {
  await walk(scene, null, PUBLIC);
  await walk(scene, "morgan", [...READ, ...MANAGER]);
  await walk(scene, "alex", OPERATOR);
}));

test("the desk and its dialogs are without accessibility faults in every state of an interaction", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.desk("ana");
  const { page } = desk;
  await sound(page, "the empty desk");
  await desk.choosePresence("on_queue");
  await desk.at("#desk-dialog[open]").waitFor();
  await sound(page, "the acknowledgement");
  await desk.at("#desk-dialog input[name=read]").check();
  await page.getByRole("button", { name: "Acknowledge and go on queue" }).click();
  await desk.presence("On queue");
  await customer.text("When will I get my SNAP benefits?");
  await desk.offer(CUSTOMERS[0]).waitFor();
  await sound(page, "an offer that rings");
  await desk.accept(CUSTOMERS[0]);
  await sound(page, "an open interaction");
  await zoomed(page, "an open interaction");
  await desk.press("Your SNAP was approved for $291");
  await desk.refusal.waitFor();
  await sound(page, "a refusal");
  await zoomed(page, "a refusal");
  await desk.box.fill("");
  await desk.box.press("/");
  await desk.at("#library-list .desk-item").first().waitFor();
  await sound(page, "the canned responses");
  await page.keyboard.press("Escape");
  for (const button of ["Where to send", "Supervisor", "Child abuse", "Transfer", "End message"]) {
    await desk.at(".desk-head__acts").getByRole("button", { name: button, exact: true }).click();
    await desk.at("#desk-dialog[open] #desk-dialog-title").waitFor();
    await sound(page, `the dialog ${button}`);
    await page.keyboard.press("Escape");
    await desk.at("#desk-dialog[open]").waitFor({ state: "detached" });
  }
  await page.locator(".desk-panel a.clause").first().click();
  await desk.at("#desk-why").waitFor();
  await sound(page, "the clause behind an act");
  await page.keyboard.press("Escape");
  // The refusal of before has been looked at; a fresh page has none.
  await page.reload();
  await desk.box.waitFor();
  await desk.chip("Greeting");
  await desk.at("#desk-end").click();
  await page.getByRole("button", { name: "Send Goodbye" }).click();
  await waitForText(page, "#desk-dialog", "Goodbye was the last thing said.");
  await desk.at("#desk-dialog").getByRole("button", { name: "End now" }).click();
  await desk.at(".desk-wrap").waitFor();
  await sound(page, "the wrap-up");
  const floor = await scene.floor("sofia");
  await floor.page.getByRole("link", { name: /Read along/ }).first().click();
  await waitForText(floor.page, "#read-transcript", "When will I get my SNAP benefits?");
  await sound(floor.page, "reading along");
}));

test("what changes by itself is announced, and the focus goes from skip link to reply box to Send", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  const { page } = desk;
  await customer.text("hello, I have a question");
  await desk.accept(CUSTOMERS[0]);
  const live = async (selector, name, value) => assert.equal(await desk.at(selector).first().getAttribute(name), value, selector);
  await live("#announce", "aria-live", "polite");
  await live("#toasts", "aria-live", "polite");
  await live(".desk-transcript", "role", "log");
  await live("#reply-count", "role", "status");
  await live("#connection", "role", "status");
  await desk.box.focus();
  await desk.box.press("Enter");
  const order = [];
  for (let press = 0; press < 2; press += 1) {
    await page.keyboard.press("Tab");
    order.push(await page.evaluate(() => document.activeElement.id));
  }
  assert.deepEqual(order, ["library-open", "reply-send"]);
  await page.reload();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
}));
