// The frame holds itself to account: a checker that finds nothing anywhere would make every journey green.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { accessibilityFaults, launch, newPerson, overflows, waitForText } from "../lib/browser.mjs";

const PAGES = {
  "/good": `<main><h1>Good</h1><label for="a">Name</label><input id="a"></main>`,
  "/bad": `<main><h1>Bad</h1><input id="a"><p style="color:#ccc;background:#fff">faint</p></main>`,
  "/wide": `<main><h1>Wide</h1><div style="width:3000px">too wide</div></main>`,
  "/broken": `<main><h1>Broken</h1><script>throw new Error("broken on purpose")</script></main>`,
};

let server;
let browser;
let base;

before(async () => {
  server = createServer((request, response) => {
    const inside = PAGES[request.url] ?? "";
    const policy = request.url === "/broken" ? "default-src 'unsafe-inline'" : "default-src 'none'; style-src 'unsafe-inline'";
    response.setHeader("content-security-policy", policy);
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!DOCTYPE html><html lang="en"><head><title>Frame</title><link rel="icon" href="data:,"></head><body>${inside}</body></html>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function visit(address) {
  const person = await newPerson(browser, base);
  await person.page.goto(address);
  return person;
}

test("the accessibility check passes a good page under a strict content policy", async () => {
  const person = await visit("/good");
  assert.deepEqual(await accessibilityFaults(person.page), []);
  await person.close();
});

test("the accessibility check finds a missing label and faint text", async () => {
  const person = await visit("/bad");
  const faults = await accessibilityFaults(person.page);
  assert.ok(faults.some((fault) => fault.startsWith("label:")), faults.join("\n"));
  assert.ok(faults.some((fault) => fault.startsWith("color-contrast:")), faults.join("\n"));
  await person.close();
});

test("a page wider than its window is told", async () => {
  const good = await visit("/good");
  assert.equal(await overflows(good.page), false);
  await good.close();
  const wide = await visit("/wide");
  assert.equal(await overflows(wide.page), true);
  await wide.close();
});

test("an error on a page is collected", async () => {
  const person = await visit("/broken");
  await waitForText(person.page, "h1", "Broken");
  assert.ok(person.faults.some((fault) => fault.includes("broken on purpose")), person.faults.join("\n"));
  await person.close();
});

test("waiting for what never comes says what was there", async () => {
  const person = await visit("/good");
  await assert.rejects(waitForText(person.page, "h1", "Better", { within: 300 }), /there was: Good/);
  await person.close();
});
