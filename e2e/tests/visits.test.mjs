// Visits by staff: booked beside a text, moved, taken in at the office; dragged and moved with keys; a day that is closed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { overflows, waitForText } from "../lib/browser.mjs";
import { allow, CUSTOMERS, inScene, shown, sound, until } from "../lib/scene.mjs";

const OFFICE = "Boone Resource Center (demo)";

/** The weekday of the agency that lies so many weekdays ahead, as the fields for days hold it. */
function weekday(ahead) {
  const day = new Date(new Date().toLocaleString("en-US", { timeZone: "America/Chicago" }));
  for (let left = ahead; left > 0; ) {
    day.setDate(day.getDate() + 1);
    if (day.getDay() % 6 !== 0) left -= 1;
  }
  const two = (number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** Looks for times at the office from a day on, and answers with the first day on which something is free. */
async function find(page, day, place = "Boone") {
  await page.locator("#appt-where").fill(place);
  await page.locator("#appt-day").fill(day);
  await page.locator("#appt-day").press("Tab");
  await page.locator("#appt-times .appt-office").first().waitFor();
  const next = page.locator("#appt-times").getByRole("button", { name: /^Next free/ });
  if (await next.count()) {
    await next.first().click();
    await page.locator("#appt-times .appt-pill:not(.appt-pill--taken)").first().waitFor();
  }
  return page.locator("#appt-day").inputValue();
}

/** Chooses the first free time and waits until it stands there as chosen. */
async function choose(page) {
  await page.locator("#appt-times .appt-office .appt-pill:not(.appt-pill--taken) input").first().check();
  await waitForText(page, "#appt-times [role=status]", "Chosen:");
}

/** Fills in what is asked on a call. */
async function details(page, { names = "" } = {}) {
  await page.locator("#appt-reason").fill("Wants to show the lease");
  await page.locator("#appt-tried").fill("It needs the papers");
  await page.locator("input[name=tried][value=yes]").check();
  if (names) await page.locator("#appt-names").fill(names);
  else await page.locator("input[name=who][value=nobody]").check();
  await page.locator("input[name=interpreter][value=no]").check();
  for (const tick of await page.locator("input[name=told]").all()) await tick.check();
}

async function booked(page) {
  await page.getByRole("button", { name: "Book the visit" }).click();
  await waitForText(page, "#appt-booked-title", /Read it back to the customer|Confirm it by text/);
}

/** Books for a caller on a page of its own and answers with the day of the visit. */
async function call(page, number, ahead, more = {}) {
  await page.goto("/desk/appointments");
  await page.locator("#appt-form-phone").fill(shown(number));
  await page.locator("input[name=visit_type][value=other]").check();
  const day = await find(page, weekday(ahead));
  await choose(page);
  await details(page, more);
  await booked(page);
  return day;
}

test("SMS-APPT-1 to SMS-APPT-6: two clicks beside a text lead to the form with the number; the visit stands above the transcript, is moved, and the customer is told", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  const { page } = desk;
  await customer.text("Can I come in and talk to somebody?");
  const id = await desk.accept(CUSTOMERS[0]);
  await desk.box.fill("a half-written answer");
  await page.locator(".desk-head__acts").getByRole("link", { name: "Appointment" }).click();
  const panel = page.locator("#appt-panel");
  await panel.locator("#appt-form-phone").waitFor();
  assert.equal(await panel.locator("#appt-form-phone").inputValue(), shown(CUSTOMERS[0]));
  assert.equal(await panel.locator("[name=reason], [name=names], [name=tried]").count(), 0, "only the number is asked");
  await sound(page, "the panel beside a text");
  const day = await find(page, weekday(2));
  await choose(page);
  await page.locator("#appt-note").fill("SSN 123-45-6789");
  await page.getByRole("button", { name: "Book the visit" }).click();
  await waitForText(page, "#appt .refusal", "Leave out Social Security numbers");
  await page.locator("#appt-note").fill("");
  await booked(page);
  await customer.receives("your visit is set for");
  await waitForText(page, `#desk-visit-${id}`, OFFICE);
  assert.equal(await desk.box.inputValue(), "a half-written answer", "what was typed in the reply box stays");

  await page.locator("#appt").getByRole("button", { name: /^Move/ }).click();
  await page.locator("#appt-move-title").waitFor();
  await sound(page, "moving beside a text");
  await page.locator("#appt .appt-pill:not(.appt-pill--taken):not(:has(:checked)) input").nth(1).check();
  await page.getByRole("button", { name: "Move to this time" }).click();
  await waitForText(page, "#appt", "Moved. The old time is free again.");
  await customer.receives("your visit is now on");

  await page.locator("#appt-phone").press("Escape");
  await panel.waitFor({ state: "hidden" });
  const office = await scene.window("ben");
  await office.page.goto(`/office?office=boone&day=${day}`);
  await waitForText(office.page, "#office-day", shown(CUSTOMERS[0]));
}));

test("SMS-APPT-1: an answer to the confirmation that needs a person opens an interaction with the visit at its top", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[3]);
  const caller = await scene.window("ben");
  await call(caller.page, CUSTOMERS[3], 2);
  await customer.receives("your visit is set for");
  const desk = await scene.onQueue("ana");
  await customer.text("can we move it to another day?");
  await customer.receives("We will find another time for you");
  const id = await desk.accept(CUSTOMERS[3]);
  await waitForText(desk.page, `#desk-visit-${id}`, "wants another time");
  await sound(desk.page, "a visit above its interaction");
  await desk.at(`#desk-visit-${id}`).getByRole("link", { name: "Open the visit" }).click();
  await waitForText(desk.page, "#appt .appt-visits", OFFICE);
  await desk.page.locator("#appt").getByRole("button", { name: /^Confirm/ }).click();
  await waitForText(desk.page, "#appt [role=status]", "Confirmed: they will come.");
  await customer.receives("We will see you on");
  await waitForText(desk.page, `#desk-visit-${id}`, "will come");
}));

test("PHONE-APPT-1 to PHONE-APPT-21: a call without an interaction: a refusal keeps every word, a taken time names others, done waits for the comment", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  const day = await call(page, CUSTOMERS[1], 3, { names: "Grandmother Demo" });
  await sound(page, "a visit read back");
  await page.getByRole("button", { name: "Done", exact: true }).click();
  await waitForText(page, ".refusal", "EUMEMROL");
  await page.getByRole("button", { name: "It stands in the comments" }).click();
  await waitForText(page, "#appt [role=status]", "the names stand in the comments");

  const other = await scene.window("ben");
  await other.page.goto("/desk/appointments");
  await other.page.locator("#appt-form-phone").fill(shown(CUSTOMERS[2]));
  await other.page.locator("input[name=visit_type][value=other]").check();
  await find(other.page, day);
  const taken = other.page.locator("#appt-times .appt-pill--taken input");
  await taken.first().check();
  await waitForText(other.page, "#appt-times .refusal", "is taken");
  await waitForText(other.page, "#appt-times .refusal", "I am sorry, that time is not available.");
  await sound(other.page, "a taken time");
  await other.page.locator("#appt-reason").fill("A reason that must stay");
  await other.page.locator("#appt-times .appt-others input").first().click();
  await waitForText(other.page, "#appt-times [role=status]", "Chosen:");
  await other.page.getByRole("button", { name: "Book the visit" }).click();
  await waitForText(other.page, "#appt-form .refusal", "Ask who will come along");
  assert.equal(await other.page.locator("#appt-reason").inputValue(), "A reason that must stay");
  await sound(other.page, "what is still to be asked");
}));

test("SMS-APPT-4: at the office a visit is moved with keys, moved back, and dragged; another screen of the day follows by itself", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  const day = await call(page, CUSTOMERS[0], 4);
  const second = await scene.window("ben");
  await second.page.goto(`/office?office=boone&day=${day}`);
  await waitForText(second.page, "#office-day", shown(CUSTOMERS[0]));

  await page.goto(`/office?office=boone&day=${day}`);
  await sound(page, "the day of an office");
  await page.emulateMedia({ colorScheme: "dark" });
  for (const place of [`/office/week?office=boone&day=${day}`, "/desk/appointments", "/contact", `/office?office=boone&day=${day}`]) {
    await page.goto(place);
    await sound(page, `${place} in the dark`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  const move = page.locator("#office-day").getByRole("link", { name: /^Move/ }).first();
  await move.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Move here" }).waitFor();
  await sound(page, "the times for a move");
  const free = page.locator(".appt-pill:not(.appt-pill--taken) input");
  await free.nth(3).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Undo: move it back" }).waitFor();
  await sound(page, "a visit beside the day");
  const visit = await page.locator("#office-day [data-drag]").getAttribute("data-drag");
  const start = (window) => window.locator(`#office-day .visits-start:has([data-drag="${visit}"]) .visits-start__time`).innerText();
  const later = await start(page);
  await until(() => start(second.page), (time) => time === later, "the other screen does not follow");
  await page.getByRole("button", { name: "Undo: move it back" }).click();
  await until(() => start(second.page), (time) => time !== later, "the other screen does not follow back");

  await page.goto(`/office/week?office=boone&day=${day}`);
  await sound(page, "the week of an office");
  const kind = await page.locator(`[data-drag="${visit}"]`).getAttribute("data-drag-kind");
  const goal = page.locator(`[data-drop][data-drop-kinds~="${kind}"]`).nth(3);
  const slot = await goal.getAttribute("data-drop");
  await page.locator(`[data-drag="${visit}"]`).dragTo(goal);
  await page.locator(`#visit-${visit}`).waitFor();
  assert.equal(await page.locator(`[data-drop="${slot}"]`).count(), 0, "the time is taken by the dragged visit");
  await page.getByRole("button", { name: "Undo: move it back" }).click();
  await page.locator(`[data-drop="${slot}"]`).waitFor();

  const supervisor = await scene.window("sofia");
  await supervisor.page.goto(`/office/use?day=${day}`);
  await sound(supervisor.page, "the use of the offices");
  await waitForText(supervisor.page, "tbody tr", OFFICE);
}));

test("PHONE-APPT-3: somebody without an appointment is taken in at the office", () => inScene([], async (scene) => {
  const person = await scene.window("ana");
  allow(person, /422/);
  const { page } = person;
  // On a day on which the office is closed, the screen would open at the next one.
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "America/Chicago" }).format(new Date());
  await page.goto(`/office?office=greene&day=${today}`);
  await page.locator("#walk-in-type").selectOption("ebt-card");
  await page.getByRole("button", { name: "Check in without an appointment" }).click();
  await waitForText(page, "[role=status]", "Nobody needs one.");
  await waitForText(page, "#office-day", "walked in");
  await page.locator("#companions").fill("Neighbour Demo");
  await page.getByRole("button", { name: "Write it down" }).click();
  await page.getByRole("button", { name: "Done", exact: true }).click();
  await waitForText(page, ".refusal", "PHONE-APPT-19");
}));

test("PHONE-APPT-11: a closure names who is booked before it is saved; then the time is gone and the customer is told", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const { page } = await scene.window("ana");
  const day = await call(page, CUSTOMERS[0], 5);
  await customer.receives("your visit is set for");
  const admin = await scene.window("morgan");
  await admin.page.goto("/admin/offices");
  await sound(admin.page, "offices and visits");
  await admin.page.goto("/admin/offices/boone");
  await sound(admin.page, "an office");
  await admin.page.getByRole("link", { name: /^Closures/ }).click();
  await admin.page.getByLabel("First day").fill(day);
  await admin.page.getByLabel("Why").fill("Floor repair");
  await admin.page.getByRole("button", { name: "Who is touched?" }).click();
  await waitForText(admin.page, ".notice", "1 visit could no longer take place");
  await sound(admin.page, "who is touched");
  await admin.page.getByRole("button", { name: "Close it, and tell 1 customer" }).click();
  await waitForText(admin.page, "table", "Floor repair");
  await customer.receives("will be closed at the time of your visit");
  await page.goto(`/office?office=boone&day=${day}`);
  await waitForText(page, "#office-day", "Floor repair");
  for (const place of ["/admin/visits/interview", "/admin/visit-rules"]) {
    await admin.page.goto(place);
    await sound(admin.page, place);
  }
}));

test("PHONE-APPT-23: the public contact page leads to booking, on a phone and in Spanish", () => inScene([], async (scene) => {
  const { page } = await scene.window(null);
  await page.goto("/contact?lang=es");
  await sound(page, "the contact page");
  await page.getByRole("link", { name: "Hacer una cita" }).click();
  await page.waitForURL((address) => address.pathname === "/visit");
  assert.equal(await overflows(page), false);
}));
