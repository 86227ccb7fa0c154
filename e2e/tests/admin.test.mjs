// Administration while the desk works: wordings, skills, settings with their clause, and the audit log.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { allow, CUSTOMERS, holds, inScene, until } from "../lib/scene.mjs";

const BEFORE = "Which county do you live in?";
const AFTER = "In which county do you live today?";
const OTHER = "Which county is your home in?";

async function reword(page, words) {
  await page.getByLabel("Text, English").fill(words);
  await page.getByLabel("Reason of the change").fill("plainer words");
  await page.getByRole("button", { name: /^Save/ }).click();
}

test("SMS-SCRIPT-1: a changed wording is at the desk at once; a second editor is told and overwrites nothing; history and restore", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  await customer.text("hello, I have a question");
  await desk.accept(CUSTOMERS[0]);
  const [editor, second] = [await scene.window("erin"), await scene.window("morgan")];
  for (const person of [editor, second]) await person.page.goto("/admin/canned/clarify-county");
  await reword(editor.page, AFTER);
  await waitForText(editor.page, ".notice--ok", /\w/);

  await desk.box.press("/");
  await desk.at("#library-q").fill("county");
  // The list is narrowed a moment after the word is typed, and then nothing in it moves any more.
  await until(() => desk.at("#library-list [data-item]").allInnerTexts(), (found) => found.length > 0 && found.every((one) => /county/i.test(one)), "not narrowed");
  await desk.at(`#library-list [data-item="clarify-county"] [data-arrow]`).click();
  await holds(desk.box, AFTER);
  await desk.box.press("Enter");
  await desk.said(AFTER);

  // The other editor had the old version open.
  allow(second, /409|Conflict/);
  await reword(second.page, OTHER);
  await waitForText(second.page, ".notice--warn", /was quicker.*Nothing was overwritten/s);
  await waitForText(second.page, ".admin-diff", AFTER.slice(0, 8));

  await editor.page.getByRole("link", { name: "History" }).click();
  await waitForText(editor.page, "ins", /today/);
  const first = editor.page.locator("li.card").last();
  await first.locator("summary").click();
  await first.getByLabel("Reason").fill("back to the approved words");
  await first.getByRole("button", { name: "Restore version" }).click();
  await editor.page.goto("/admin/canned/clarify-county");
  await until(() => editor.page.getByLabel("Text, English").inputValue(), (text) => text.trim() === BEFORE, "not restored");
}));

test("SMS-GEN-3: texting duties are withdrawn with a reason, and the next text is not offered; the procedure's numbers stand with their clause", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const [ana, ben] = [await scene.onQueue("ana"), await scene.onQueue("ben")];
  const supervisor = await scene.window("sofia");
  allow(supervisor, /422/);
  await supervisor.page.goto("/admin/people/ana");
  await supervisor.page.getByLabel("Skill: Text messages").selectOption("0");
  await supervisor.page.getByRole("button", { name: "Save" }).click();
  await waitForText(supervisor.page, ".notice--bad", /reason/i);
  await supervisor.page.getByLabel("Reason of the change").fill("the procedure was not followed");
  await supervisor.page.getByRole("button", { name: "Save" }).click();
  await waitForText(supervisor.page, ".notice--ok", /\w/);
  await customer.text("hello, I have a question");
  await ben.accept(CUSTOMERS[0]);
  assert.equal(await ana.offer(CUSTOMERS[0]).count(), 0);

  const manager = await scene.window("morgan");
  await manager.page.goto("/admin/sop");
  const rows = (await manager.page.locator(".admin-version tr").allInnerTexts()).map((row) => row.replace(/\s+/g, " "));
  for (const [figure, clause] of [["3 min", "SMS-DELAY-1"], ["5 min", "SMS-DELAY-3"], ["3 min", "SMS-HOLD-1"], ["1-800-392-3738", "SMS-ABUSE-2"]]) {
    assert.ok(rows.some((row) => row.includes(figure) && row.includes(clause)), `${figure} with ${clause}:\n${rows.join("\n")}`);
  }
}));

test("the audit log shows who looked at what and who changed what, and its chain verifies", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  await customer.text("hello, I have a question");
  const floor = await scene.floor("sofia");
  await floor.page.getByRole("link", { name: /Read along/ }).first().click();
  await waitForText(floor.page, "#read-transcript", "hello, I have a question");
  const manager = await scene.window("morgan");
  await manager.page.goto("/admin/audit?who=sofia");
  await waitForText(manager.page, "tbody", /sofia/i);
  const lines = await manager.page.locator("tbody tr").allInnerTexts();
  assert.ok(lines.some((line) => /read|look|view|open/i.test(line)), lines.join("\n"));
  await manager.page.getByRole("button", { name: "Verify the chain" }).click();
  await waitForText(manager.page, ".notice--ok", /The chain is intact: \d+ lines/);
}));
