/*
 * Booking a visit works without this file. It adds: the list of faults takes the focus, a second click on a button that
 * books or changes is held back in the browser already (the server holds it back in any case), the question for the
 * interpreter's language shows only to those who need one, and a button to print.
 */
(() => {
  "use strict";

  document.getElementById("visit-faults")?.focus();

  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      form.setAttribute("aria-busy", "true");
    });
  }
  // Somebody who comes back by the browser's own button may send the form again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });

  const tongue = document.querySelector("[data-with-interpreter]");
  if (tongue) {
    const choices = [...document.querySelectorAll('input[name="interpreter"]')];
    const follow = () => { tongue.hidden = !choices.some((one) => one.checked && one.value === "yes"); };
    choices.forEach((one) => one.addEventListener("change", follow));
    follow();
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
