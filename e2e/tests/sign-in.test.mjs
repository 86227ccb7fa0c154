// Signing in and out, what a role sees first, and what a page says to somebody who may not see it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { allow, inScene, PASSWORD } from "../lib/scene.mjs";

const FIRST = { ana: "/desk", sofia: "/floor", casey: "/floor", morgan: "/floor", erin: "/admin", alex: "/admin" };

test("each role sees its own work first, and a page it may not see says what to do", () => inScene([], async (scene) => {
  for (const [name, place] of Object.entries(FIRST)) {
    const person = await scene.window(name);
    assert.equal(new URL(person.page.url()).pathname, place, name);
    await waitForText(person.page, "h1", /\w/);
    if (name === "ana" || name === "erin") {
      allow(person, /403/);
      const answer = await person.page.goto(name === "ana" ? "/admin/audit" : "/desk");
      assert.equal(answer.status(), 403);
      await waitForText(person.page, "main", /Your role does not include this\..*ask an administrator/s);
    }
    await person.close();
  }
}));

test("a page asked for without signing in leads to the sign-in and back; signing out ends the session on every tab", () => inScene([], async (scene) => {
  const person = await scene.window();
  const { page } = person;
  await page.goto("/floor/done");
  assert.match(page.url(), /\/sign-in/);
  await page.getByLabel("Name").fill("sofia");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/floor\/done/);
  await page.locator("details.menu summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await waitForText(page, "h1", "How can we help?");
  await page.goto("/floor");
  assert.match(page.url(), /\/sign-in/);
}));

test("after five wrong passwords the account waits, and the sentence tells nobody which names exist", () => inScene([], async (scene) => {
  const person = await scene.window();
  allow(person, /401/);
  const { page } = person;
  const attempt = async (name, password) => {
    await page.goto("/sign-in");
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await waitForText(page, "[role=alert]", /\w/);
    return page.locator("main [role=alert]").innerText();
  };
  const said = [await attempt("nobody-of-this-name", "wrong words")];
  for (let turn = 0; turn < 5; turn += 1) said.push(await attempt("ben", "wrong words"));
  // Locked: the right password is refused too, with the same words.
  said.push(await attempt("ben", PASSWORD));
  assert.equal(new Set(said).size, 1, said.join("\n"));
  assert.match(said[0], /locked for a while/);
}));
