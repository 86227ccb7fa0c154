// Writing: a memo that changes the hours next Monday, from its first word to its roll-back, through every hand it passes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { accessibilityFaults, overflows, SIZES, waitForText } from "../lib/browser.mjs";
import { allow, inScene, until } from "../lib/scene.mjs";

const SUBJECT = "Chat and text hours from next Monday";

/** Next Monday where the agency is, as forms write it. */
function nextMonday() {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "America/Chicago" }).format(new Date());
  const day = new Date(`${today}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + (8 - (day.getUTCDay() || 7)));
  return day.toISOString().slice(0, 10);
}

/** One line of a change of settings, in words. */
function turns(day, before, after) {
  return new RegExp(`${day}:\\s*${before}\\s*→.*${after}`, "s");
}

/** Hours of a form as sentences say them: `06:00-18:00` is `6:00 am to 6:00 pm`. */
function spoken(span) {
  if (!span) return "closed";
  if (span === "00:00-24:00") return "all day";
  const clock = (text) => {
    const [hour, minute] = text.split(":").map(Number);
    return `${hour % 12 || 12}:${String(minute).padStart(2, "0")} ${hour < 12 ? "am" : "pm"}`;
  };
  return span.split("-").map(clock).join(" to ");
}

async function fine(page, where) {
  assert.deepEqual(await accessibilityFaults(page), [], `accessibility of ${where}`);
  const size = page.viewportSize();
  await page.setViewportSize(SIZES.phone);
  assert.equal(await overflows(page), false, `${where} is wider than a phone`);
  await page.setViewportSize(size);
}

/** The editor begins a memo, writes it, adds the hours, and sends it for review. */
async function write(editor, number, monday) {
  const { page } = editor;
  await page.goto("/kb/edit/new?kind=memo");
  await page.getByLabel("Title, or subject of a memo").fill(SUBJECT);
  await page.getByLabel("Number, for a memo").fill(number);
  await page.getByRole("button", { name: "Begin writing" }).click();
  await page.locator("#f-body").fill("The hours of chats and texts change.\n\n");
  await page.locator("#f-body").press("Control+End");
  await page.getByRole("button", { name: "Table" }).click();
  await waitForText(page, "#preview-text th", "Column");
  await page.locator("#f-body").press("Control+z");
  await until(() => page.locator("#f-body").inputValue(), (text) => !text.includes("| Column"), "undo is the browser's");
  await waitForText(page, "#auto", /Saved by itself at/);
  await page.getByLabel("Kind of memo").fill("hours");
  await page.getByRole("checkbox", { name: "technician" }).check();
  await fine(page, "the editor");
  await page.getByText("Opening hours from a day").click();
  await page.locator("#f-hours_from").fill(nextMonday());
  await page.locator("#f-hours_monday").fill("07:00-19:00");
  await page.locator("#f-hours_saturday").fill("09:00-12:00");
  await page.getByRole("button", { name: "Add the hours" }).click();
  await waitForText(page, ".kbe-change", turns("Monday", spoken(monday), "7:00 am to 7:00 pm"));
  await page.getByRole("button", { name: "Send for review" }).click();
  await page.waitForURL(/\/kb\/edit\/review\//);
  return new URL(page.url()).pathname.split("/").pop();
}

test("IM31-HOURS-5, IM33-ACK-1: a memo changes the hours next Monday, is approved by a second person, read, watched and rolled back", () => inScene([], async (scene) => {
  const manager = await scene.window("morgan");
  await manager.page.goto("/admin/hours/customer-service");
  const [monday, saturday] = [await manager.page.getByLabel("Monday").inputValue(), await manager.page.getByLabel("Saturday").inputValue()];
  const editor = await scene.window("erin");
  const slug = await write(editor, "IM-940", monday);
  await waitForText(editor.page, ".notice--warn", /publishing needs two people/);

  // A draft that waits is told in the header of whoever may approve it.
  await manager.page.goto("/kb");
  await manager.page.getByRole("banner").getByRole("link", { name: "1 to review" }).click();
  await manager.page.getByRole("link", { name: SUBJECT }).click();
  await manager.page.getByRole("heading", { name: "As readers will see it" }).waitFor();
  await waitForText(manager.page, ".kbe-lines", turns("Monday", spoken(monday), "7:00 am to 7:00 pm"));
  await waitForText(manager.page, ".kbe-lines", turns("Saturday", spoken(saturday), "9:00 am to 12:00 pm"));
  await fine(manager.page, "the review");
  await manager.page.getByRole("button", { name: "Approve and publish" }).click();
  await waitForText(manager.page, ".notice--ok", /Approved/);
  await manager.page.goto("/admin/hours/customer-service");
  await waitForText(manager.page, ".notice", /Memo IM-940 changes it from Monday/);

  const ana = await scene.window("ana");
  await ana.page.goto("/kb/memos");
  await waitForText(ana.page, "tr", /IM-940.*To read/s);
  await fine(ana.page, "the memos");
  await ana.page.getByRole("banner").getByRole("link", { name: /to read/ }).click();
  await fine(ana.page, "what is to be read");
  await ana.page.getByRole("link", { name: `IM-940: ${SUBJECT}` }).click();
  await ana.page.locator('form[action$="/acknowledge"] button').click();
  await ana.page.goto("/kb/reading");
  await waitForText(ana.page, "#read-title ~ *, tbody", /IM-940/);

  const supervisor = await scene.window("sofia");
  await supervisor.page.goto(`/kb/edit/readers/${slug}`);
  await waitForText(supervisor.page, "tr.kbe-mine", /Ana.*read.*edition 1/s);
  await waitForText(supervisor.page, "tr.kbe-mine", /Ben.*not read/s);
  await fine(supervisor.page, "who has read");

  await manager.page.goto(`/kb/edit/versions/${slug}`);
  await manager.page.getByText("Take edition 1 back").first().click();
  await waitForText(manager.page, "details[open]", /These settings go back with it/);
  await waitForText(manager.page, "details[open] .kbe-lines", turns("Monday", "7:00 am to 7:00 pm", spoken(monday)));
  await fine(manager.page, "the versions");
  await manager.page.getByLabel("Reason", { exact: true }).fill("the change waits until January");
  await manager.page.getByRole("button", { name: "Take edition 1 back" }).click();
  await waitForText(manager.page, ".notice--ok", /Taken back/);
  await manager.page.goto("/admin/hours/customer-service");
  assert.equal(await manager.page.getByText("IM-940").count(), 0, "the hours are as before");
  assert.equal(await manager.page.getByLabel("Monday").inputValue(), monday);
}));

test("two authors in one draft: the second is told, sees both texts, and nothing is overwritten", () => inScene([], async (scene) => {
  const [first, second] = [await scene.window("erin"), await scene.window("casey")];
  allow(second, /409|Conflict/);
  await first.page.goto("/kb/edit/new");
  await first.page.getByLabel("Title, or subject of a memo").fill("Lost cards");
  await first.page.getByRole("button", { name: "Begin writing" }).click();
  await first.page.waitForURL(/\/kb\/edit\/draft\/lost-cards/);
  await second.page.goto("/kb/edit/draft/lost-cards");
  await first.page.locator("#f-body").fill("Say that a lost card is replaced.\n");
  await waitForText(first.page, "#auto", /Saved by itself at/);
  await second.page.locator("#f-body").fill("Say that a stolen card is replaced.\n");
  await waitForText(second.page, "#auto", /Somebody else saved this draft/);
  await second.page.getByRole("button", { name: "Save the draft" }).click();
  await waitForText(second.page, "#conflict", /was quicker.*Nothing was overwritten/s);
  await waitForText(second.page, "#conflict del", "lost");
  await waitForText(second.page, "#conflict ins", "stolen");
  await fine(second.page, "the conflict");
  await second.page.getByRole("link", { name: "Take theirs" }).click();
  await until(() => second.page.locator("#f-body").inputValue(), (text) => text.includes("a lost card"), "theirs is not taken over");
}));

test("IM33-ACK-1: where the editor says so, going on queue waits for the memo, and the refusal leads to it", () => inScene([], async (scene) => {
  const editor = await scene.window("erin");
  const { page } = editor;
  await page.goto("/kb/edit/new?kind=memo");
  await page.getByLabel("Title, or subject of a memo").fill("Read before you take texts");
  await page.getByLabel("Number, for a memo").fill("IM-941");
  await page.getByRole("button", { name: "Begin writing" }).click();
  await page.locator("#f-body").fill("Something that everybody has to know today.\n");
  await page.getByLabel("Kind of memo").fill("policy");
  await page.getByRole("checkbox", { name: "technician" }).check();
  await page.getByRole("checkbox", { name: "Going on queue waits for it" }).check();
  await page.getByLabel("Hours before the queue waits").fill("0");
  await page.getByRole("button", { name: "Send for review" }).click();
  await page.waitForURL(/\/kb\/edit\/review\//);
  const slug = new URL(page.url()).pathname.split("/").pop();
  const manager = await scene.window("morgan");
  await manager.page.goto(`/kb/edit/review/${slug}`);
  await manager.page.getByRole("button", { name: "Approve and publish" }).click();
  await waitForText(manager.page, ".notice--ok", /Approved/);

  const desk = await scene.desk("ana");
  allow(desk.person, /422/);
  await desk.choosePresence("on_queue");
  await desk.at("#desk-dialog input[name=read]").check();
  await desk.page.getByRole("button", { name: "Acknowledge and go on queue" }).click();
  await desk.page.getByRole("button", { name: "Read memo IM-941" }).click();
  await waitForText(desk.page, "main", /Something that everybody has to know today/);
  await desk.page.goto(`/kb/${slug}`);
  await desk.page.locator('form[action$="/acknowledge"] button').click();
  await waitForText(desk.page, "main", /You acknowledged this edition/);
  await desk.page.goto("/desk");
  await desk.choosePresence("on_queue");
  await desk.presence("On queue");
}));
