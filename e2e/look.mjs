// Takes pictures of pages, for a person to look at: node e2e/look.mjs --as NAME --password WORD /desk /floor ...
//
// Starts a demo of its own, or looks at a running one with --at http://127.0.0.1:8080. Pictures go to e2e/out/, wide and
// as on a phone; --full takes the whole length of the page. Accessibility faults and page errors are listed.

import { parseArgs } from "node:util";

import { accessibilityFaults, launch, newPerson, overflows, shots, signIn, SIZES } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    as: { type: "string" },
    password: { type: "string" },
    at: { type: "string" },
    full: { type: "boolean", default: false },
  },
});

const server = values.at ? null : await startServer();
const base = values.at ?? server.url;
const browser = await launch();
try {
  const person = await newPerson(browser, base);
  if (values.as) await signIn(person.page, values.as, values.password ?? "");
  for (const address of positionals) await look(person, address);
} finally {
  await browser.close();
  await server?.stop();
}

async function look(person, address) {
  const { page, faults } = person;
  const answer = await page.goto(address);
  const who = values.as ? `${values.as}-` : "";
  const name = `${who}${address.replace(/^\//, "").replace(/[^a-z0-9]+/gi, "-") || "start"}`;
  const files = await shots(page, name, { fullPage: values.full });
  console.log(`${address}: ${answer?.status() ?? "no answer"} ${page.url()}`);
  for (const file of files) console.log(`  ${file}`);
  for (const fault of await accessibilityFaults(page)) console.log(`  accessibility: ${fault}`);
  await page.setViewportSize(SIZES.phone);
  if (await overflows(page)) console.log("  wider than a phone's screen");
  await page.setViewportSize(SIZES.wide);
  for (const fault of faults.splice(0)) console.log(`  ${fault}`);
}
